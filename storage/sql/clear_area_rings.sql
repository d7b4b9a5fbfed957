DELETE FROM area_ring USING area a WHERE a.area_key = area_ring.area_key AND a.code = ANY (%(code)s::text[])
