# The map of the pipeline: what a run makes, and where each step is described. The work is done by the package
# `workflow/informality`, one thin script of workflow/scripts/ per rule.
#
#   snakemake --cores all                                    every survey whose file lies under raw/, else the demo
#   snakemake --cores all --config raw=../data 'surveys=[zaf_qlfs_2017q3]'
import sys

from informality import closing, files, start

# Before anything is written: what this process makes, and what its jobs and their logs write, is the owner's alone.
UMASK = files.keep_private()


configfile: "workflow/config.yaml"


with start.readable_errors():
    RUN = start.begin(
        config,
        given=workflow.config_settings.config,
        main=workflow.is_main_process,
        dry=workflow.output_settings.dryrun,
        options=sys.argv[1:],
        umask=UMASK,
    )


wildcard_constraints:
    survey="|".join(RUN.surveys),
    family="|".join(RUN.families) or "none",
    language="|".join(RUN.settings.languages),


include: "workflow/rules/common.smk"
include: "workflow/rules/persons.smk"
include: "workflow/rules/statistics.smk"
include: "workflow/rules/publication.smk"
include: "workflow/rules/families.smk"


rule all:
    default_target: True
    input:
        RUN.targets,


onsuccess:
    logger.info(closing.made(RUN))


onerror:
    logger.error(closing.failed(RUN))
