SELECT code, value FROM area_figure WHERE figure = %(figure)s AND code = ANY (%(codes)s::text[])
