DELETE FROM restricted.address_code WHERE expires_at <= %(before)s::timestamptz + interval '1 day' -- good for a day: made before then
