# Right of the wall: figures, tables and pages, from published statistics only.


rule publish:
    input:
        published="processed/{survey}/govern.json",
    output:
        "processed/{survey}/publish_{language}.json",
    log:
        "processed/{survey}/logs/publish_{language}.log",
    threads: RUN.publishing_threads
    resources:
        mem_mb=1500,
        runtime=20,
    params:
        code=code("publish"),
        decisions=decisions("report/**/*", "models.yaml"),
        settings=settings("thresholds", "languages", "agency", "figure_formats"),
    shell:
        JOB + TO_LOG
