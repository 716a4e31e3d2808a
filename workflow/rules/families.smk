# What is made of the waves of a family together: differences between them with their covariance, left of the wall; what may be published
# of them; figures and tables. A family with one wave in the run has none of it.


# Levels that jump between waves: for the user alone, at the end of the run.
rule compare:
    input:
        waves("harmonise"),
    output:
        "processed/families/{family}/compare.json",
    log:
        "processed/families/{family}/logs/compare.log",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("compare"),
        decisions=shared_decisions(),
        settings=settings(),
    shell:
        JOB + " --only '*/card.json' '*/checks/shares.csv'" + TO_LOG


rule trends:
    input:
        waves("harmonise", "classify"),
    output:
        "processed/families/{family}/trends.json",
    log:
        "processed/families/{family}/logs/trends.log",
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=code("trends"),
        decisions=shared_decisions("trends.yaml", "estimates.yaml"),
        settings=settings("lonely"),
    shell:
        JOB
        + " --only '*/persons.parquet' '*/classified.parquet' '*/units.parquet' '*/card.json' '*/variants.json' '*/sampling.json'"
        + TO_LOG


rule govern_family:
    input:
        waves("govern"),
        compared="processed/families/{family}/compare.json",
        differences="processed/families/{family}/trends.json",
    output:
        "processed/families/{family}/govern.json",
    log:
        "processed/families/{family}/logs/govern.log",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("govern_family"),
        decisions=shared_decisions("trends.yaml"),
        settings=settings("thresholds"),
    shell:
        JOB + " --only trends.parquet '*/published.parquet' '*/published_card.json'" + TO_LOG


rule publish_family:
    input:
        published="processed/families/{family}/govern.json",
    output:
        "processed/families/{family}/publish_{language}.json",
    log:
        "processed/families/{family}/logs/publish_{language}.log",
    threads: RUN.publishing_threads
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("publish_family"),
        decisions=shared_decisions("report/**/*"),
        settings=settings("thresholds", "languages", "figure_formats"),
    shell:
        JOB + TO_LOG
