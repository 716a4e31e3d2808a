# From persons to statistics: what crosses the wall, and the one stage that lets it through.


rule estimate:
    input:
        persons="processed/{survey}/harmonise.json",
        classified="processed/{survey}/classify.json",
        covered="processed/{survey}/cover.json",
    output:
        "processed/{survey}/estimate.json",
    log:
        "processed/{survey}/logs/estimate.log",
    threads: 1
    resources:
        mem_mb=1500,
        runtime=20,
    params:
        code=code("estimate"),
        decisions=decisions("estimates.yaml"),
        settings=settings("lonely", "thresholds.confidential_below", "thresholds.hide_below"),
    shell:
        JOB + TO_LOG


rule models:
    input:
        persons="processed/{survey}/harmonise.json",
        classified="processed/{survey}/classify.json",
        covered="processed/{survey}/cover.json",
    output:
        "processed/{survey}/models.json",
    log:
        "processed/{survey}/logs/models.log",
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=code("models"),
        decisions=decisions("models.yaml"),
        settings=settings("lonely"),
    shell:
        JOB + TO_LOG


rule govern:
    input:
        card="processed/{survey}/harmonise.json",
        counts="processed/{survey}/classify.json",
        coverage="processed/{survey}/cover.json",
        estimates="processed/{survey}/estimate.json",
        models="processed/{survey}/models.json",
    output:
        "processed/{survey}/govern.json",
    log:
        "processed/{survey}/logs/govern.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        code=code("govern"),
        decisions=decisions("benchmarks/{survey}.csv"),
        settings=settings("thresholds"),
    shell:
        JOB + STATISTICS_ONLY + TO_LOG
