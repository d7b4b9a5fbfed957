DELETE FROM area_figure WHERE figure = %(figure)s
