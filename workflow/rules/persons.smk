# Left of the wall: persons, from the survey's file to the classified data. All of it stays in processed/<survey>/.


rule simulate:
    output:
        "processed/{survey}/simulate.json",
    log:
        "processed/{survey}/logs/simulate.log",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("simulate"),
        decisions=description("surveys/simulation/*"),
        settings=settings(),
    shell:
        JOB + TO_LOG


rule ingest:
    input:
        lambda wildcards: RUN.sources[wildcards.survey],
    output:
        "processed/{survey}/ingest.json",
    log:
        "processed/{survey}/logs/ingest.log",
    threads: 1
    resources:
        mem_mb=1500,
        runtime=20,
    params:
        code=code("ingest"),
        decisions=description(),
        settings=settings(),
    shell:
        JOB + TO_LOG


rule harmonise:
    input:
        source="processed/{survey}/ingest.json",
    output:
        "processed/{survey}/harmonise.json",
    log:
        "processed/{survey}/logs/harmonise.log",
    threads: 1
    resources:
        mem_mb=1500,
        runtime=20,
    params:
        code=code("harmonise"),
        decisions=description(),
        settings=settings(),
    shell:
        JOB + TO_LOG


rule classify:
    input:
        persons="processed/{survey}/harmonise.json",
    output:
        "processed/{survey}/classify.json",
    log:
        "processed/{survey}/logs/classify.log",
    threads: 1
    resources:
        mem_mb=1500,
        runtime=20,
    params:
        code=code("classify"),
        decisions=description("standards/*.yaml"),
        settings=settings("variants"),
    shell:
        JOB + TO_LOG


# Only where the configuration says `export: true`.
rule export:
    input:
        persons="processed/{survey}/harmonise.json",
        classified="processed/{survey}/classify.json",
    output:
        "processed/{survey}/export.json",
    log:
        "processed/{survey}/logs/export.log",
    threads: 1
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        code=code("export"),
        decisions=decisions("export.yaml", "report/text.en.yaml"),
        settings=settings("variants"),
    shell:
        JOB + TO_LOG


rule cover:
    input:
        persons="processed/{survey}/harmonise.json",
    output:
        "processed/{survey}/cover.json",
    log:
        "processed/{survey}/logs/cover.log",
    threads: 1
    resources:
        mem_mb=1500,
        runtime=20,
    params:
        code=code("cover"),
        decisions=decisions(
            "coverage.yaml",
            "laws/{country}_*.yaml",
            "scenarios/{country}_*.yaml",
            "administration/{country}.yaml",
            "economy/{country}.yaml",
        ),
        settings=settings("counterfactual_laws"),
    shell:
        JOB + TO_LOG
