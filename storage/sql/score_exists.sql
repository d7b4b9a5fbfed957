SELECT EXISTS (
    SELECT FROM score WHERE day = %(day)s AND version = %(version)s AND observed_property = %(observed_property)s)
