# What every rule shares. Each job declares one output, its manifest: Snakemake deletes declared outputs before a job starts and
# after it fails, and the real files must outlive both. A rule's parameters are digests of what its stage is made from, so that
# an edit of the package or of a decision remakes this stage and what follows it, and nothing else.
from functools import cache

from informality.decisions import FOLDER
from informality.job import settings_parameter
from informality.manifest import decisions_digest

# `shell:` and not `script:`, whose preamble costs more than most of the stages.
JOB = (
    "{PYTHON:q} workflow/scripts/{rule}.py --manifest {output:q} --settings {params.settings:q}"
    " --decisions {params.decisions:q} --threads {threads} --code {params.code:q} {input:q}"
)
TO_LOG = " > {log:q} 2>&1"
# What crosses the wall. The manifests of earlier stages name files with persons too; these are not handed over.
STATISTICS_ONLY = (
    " --only estimates.parquet models.parquet model_cells.parquet card.json variants.json coverage.json 'checks/*'"
)
PYTHON = sys.executable
digest_of = cache(decisions_digest)


def code(rule):
    """Digest of the rule's script and of all that it imports from the package."""
    return RUN.code.digest(Path("workflow/scripts", f"{rule}.py"))


def decisions(*patterns):
    """Digest of the files of decisions that match patterns below workflow/, where {survey} is the job's survey and {country} its country."""

    def digest(wildcards):
        survey = wildcards.survey
        names = tuple(pattern.format(survey=survey, country=RUN.countries[survey]) for pattern in patterns)
        return digest_of(FOLDER, names)

    return digest


def description(*patterns):
    """The same, together with what is declared of the survey itself."""
    also = decisions(*patterns)
    return lambda wildcards: RUN.descriptions[wildcards.survey] + also(wildcards)


def shared_decisions(*patterns):
    """The same for files that belong to no survey, for what is made of a family."""
    return digest_of(FOLDER, patterns)


def waves(*stages):
    """The manifests of stages of every wave that the family has in this run."""
    return lambda wildcards: [
        f"processed/{survey}/{stage}.json" for survey in RUN.families[wildcards.family] for stage in stages
    ]


def settings(*keys):
    """The keys of the configuration that a stage may read, with a digest of their values."""
    return settings_parameter(RUN.settings.model_dump(mode="json"), keys)
