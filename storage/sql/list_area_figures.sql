SELECT figure, min(source) AS source, count(*)::int AS areas FROM area_figure GROUP BY figure ORDER BY figure
