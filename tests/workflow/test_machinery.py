"""The machinery of jobs, run for real by Snakemake in a temporary copy whose stages are miniatures.

The copy has the repository's own Snakefile, rules, configuration and package; only the scripts and the survey descriptions are
replaced. A miniature stage writes down that it ran, and fails or waits where a test asks it to.
"""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.workflow

ROOT = Path(__file__).parents[2]
STAGES = ("ingest", "harmonise", "classify", "cover", "estimate", "models", "govern", "publish")
SIDE_BY_SIDE = (("classify", "cover"), ("estimate", "models"))
ROOMS = {
    "ingest": "survey",
    "harmonise": "survey",
    "simulate": "survey",
    "export": "survey",
    "compare": "survey",
    "classify": "classify",
    "cover": "coverage",
    "estimate": "estimate",
    "models": "estimate",
    "govern": "govern",
    "publish": "publish",
    "trends": "estimate",
    "govern_family": "govern",
    "publish_family": "publish",
}
OF_FAMILY = ["families/toy trends", "families/toy govern", "families/toy publish"]
SCRIPT = """
import time
from pathlib import Path

import informality.ROOM
import informality.vocabulary
from informality.errors import UserError
from informality.job import run


def stage(job):
    with Path("ran.log").open("a") as log:
        log.write(f"{job.survey} {job.stage}\\n")
    read = "".join(path.read_text() for _, path in sorted(job.inputs.items()))
    name = "estimates.parquet" if job.stage == "estimate" else f"{job.stage}.txt"
    (job.folder / name).write_text(f"{job.stage}({read})")
    if job.stage == "publish":
        (job.folder / "index.html").write_text(read)
    if Path(f"fail_{job.stage}").exists():
        raise UserError("no column 'Weigth'", where="toy.yaml, design.weight", todo="did you mean 'Weight'?")
    if Path(f"wait_{job.stage}").exists():
        Path(f"reached_{job.stage}").touch()
        time.sleep(60)


run(stage)
"""
FAMILY = """
family: toy
title: Toy survey
country: Nowhere
iso3: TOY
producer: nobody
terms: none
citation: none
population: everybody
design: {weight: w, stratum: none, psu: none}
waves:
  "1": {file: toy_1.csv, from: 2001-01-01, to: 2001-12-31}
  "2": {file: toy_2.csv, from: 2002-01-01, to: 2002-12-31}
concepts: {icls13: {employed: "work = 1"}}
primary_concept: icls13
variables: {age: age}
"""
DEMO = re.sub(
    r"(?s)waves:.*concepts:", "waves: {demo: {file: null, from: 2001-01-01, to: 2001-12-31}}\nconcepts:", FAMILY
).replace("toy", "lao_lfs")


class Copy:
    """A temporary copy of the repository in which Snakemake is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The compiled modules of the package lie in the copy and go with it into the copies that are made of it.
        self.environment = os.environ | {"PYTHONPATH": str(folder / "workflow"), "PYTHONDONTWRITEBYTECODE": ""}

    def start(self, *arguments: str, umask: int = -1) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=umask,
        )

    def run(self, *arguments: str, code: int = 0, umask: int = -1) -> str:
        process = self.start(*arguments, umask=umask)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == code, said
        return said

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def append(self, name: str, text: str) -> None:
        self.write(name, (self.folder / name).read_text() + text)

    def ran(self) -> list[str]:
        """The stages of surveys that ran since the last call, in order, as ``toy_1 ingest``; ``ran_for_family``: those of families."""
        log = self.folder / "ran.log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        self.ran_for_family = [line for line in lines if line.startswith("families/")]
        return [line for line in lines if line not in self.ran_for_family]

    def outputs(self) -> dict[str, str]:
        """Name → content of everything that stages made."""
        files = [*self.folder.glob("processed/*/*.[tp]*"), *self.folder.glob("figures/**/*.*")]
        return {
            path.relative_to(self.folder).as_posix(): path.read_text() for path in files if ".part" not in str(path)
        }

    def manifests(self) -> dict[str, str]:
        """Name → content of every manifest."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_text()
            for path in self.folder.glob("processed/*/[!.]*.json")
        }

    def rights(self, *places: str) -> dict[str, int]:
        """Name → rights of all that lies in folders below the copy, the folders included."""
        roots = [self.folder / place for place in places]
        paths = [path for root in roots for path in [root, *root.rglob("*")] if not path.is_symlink()]
        return {path.relative_to(self.folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in paths}

    def until(self, name: str, process: subprocess.Popen[str]) -> None:
        """Wait for a file to appear while ``process`` is at work."""
        end = time.monotonic() + 60
        while not (self.folder / name).exists():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < end, f"{name} did not appear"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A copy in which one run of two surveys has ended well; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("finished") / "copy"
    folder.mkdir()
    for name in ("Snakefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "workflow", folder / "workflow", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    copy = Copy(folder)
    for path in [*folder.glob("workflow/surveys/*.yaml"), *folder.glob("workflow/scripts/*.py")]:
        path.unlink()
    copy.write("workflow/surveys/toy.yaml", FAMILY)
    copy.write("workflow/surveys/lao_lfs.yaml", DEMO)
    for stage in ROOMS:
        copy.write(f"workflow/scripts/{stage}.py", SCRIPT.replace("ROOM", ROOMS[stage]))
    for wave in "12":
        copy.write(f"raw/sub/toy_{wave}.csv", f"data {wave}")
    copy.said = copy.run(umask=0o022)
    copy.made = copy.ran()
    return copy


@pytest.fixture
def copy(finished, tmp_path):
    shutil.copytree(finished.folder, tmp_path / "copy")
    return Copy(tmp_path / "copy")


def both(*stages: str) -> list[str]:
    return sorted(f"{survey} {stage}" for survey in ("toy_1", "toy_2") for stage in stages)


def test_a_run_makes_every_survey_whose_file_is_there(finished):
    assert sorted(finished.made) == both(*STAGES)
    assert "estimate(classify(harmonise(ingest(data 1)))" in finished.outputs()["figures/toy_1/en/index.html"]
    assert "toy_1: files: 2 - figures/toy_1/en/index.html" in finished.said
    assert not list(finished.folder.rglob("*.part*"))


def test_what_is_made_of_a_family_follows_all_of_its_waves(finished):
    # What is compared for the user alone and what is published start side by side.
    assert sorted(finished.ran_for_family[:2]) == ["families/toy compare", OF_FAMILY[0]]
    assert finished.ran_for_family[2:] == OF_FAMILY[1:]
    assert (finished.folder / "figures/families/toy/en/index.html").exists()
    assert "families/toy: files: 2 - figures/families/toy/en/index.html" in finished.said


def restricted(copy: Copy) -> None:
    """Persons, exact statistics, logs and records are their owner's alone."""
    found = copy.rights("processed", ".snakemake")
    assert {"processed/toy_1/logs/govern.log", "processed/toy_1/ingest.txt", "processed/.run.json"} <= found.keys()
    # Snakemake gives its records to the group by chmod; the folders around them let nobody in.
    open_to_others = {name: oct(mode) for name, mode in found.items() if mode & 0o077}
    assert {name: mode for name, mode in open_to_others.items() if not name.startswith(".snakemake/metadata/")} == {}
    assert set(open_to_others.values()) <= {"0o660"}
    assert found[".snakemake"] == found[".snakemake/metadata"] == found[".snakemake/log"] == 0o700


def shared(copy: Copy, folders: int, files: int) -> None:
    found = copy.rights("figures/toy_1", "figures/toy_2", "figures/families")
    assert {name for name, mode in found.items() if mode != (files if "." in name else folders)} == set()


def test_what_holds_persons_is_its_owners_alone_and_figures_are_for_all(finished):
    restricted(finished)
    shared(finished, 0o755, 0o644)


def test_a_rerun_closes_what_an_older_run_left_open_and_keeps_it_closed(copy):
    for name, mode in copy.rights("processed", ".snakemake").items():
        (copy.folder / name).chmod(mode | (mode & 0o700) >> 3 | (mode & 0o500) >> 6)
    copy.write("processed/toy_0/persons.parquet", "of a survey that is in no run any more")
    copy.append("workflow/scripts/classify.py", "# edited\n")
    copy.append("workflow/scripts/trends.py", "# edited\n")
    assert "Other users" not in copy.run(umask=0o002)
    assert sorted(copy.ran()) == both("classify", "estimate", "models", "govern", "publish")
    restricted(copy)
    shared(copy, 0o755, 0o664)


@pytest.mark.parametrize(
    ("edited", "stages", "of_family"),
    [
        ("workflow/trends.yaml", [], OF_FAMILY),
        ("workflow/scripts/govern_family.py", [], OF_FAMILY[1:]),
        ("workflow/benchmarks/toy_1.csv", ["toy_1 govern", "toy_1 publish"], OF_FAMILY[1:]),
    ],
)
def test_an_edit_remakes_the_part_of_a_family_that_depends_on_it(copy, edited, stages, of_family):
    path = copy.folder / edited
    copy.write(edited, (path.read_text() if path.exists() else "") + "# edited\n")
    copy.run()
    assert copy.ran() == stages
    assert copy.ran_for_family == of_family


def test_manifests_chain_by_digest_and_name_no_place_or_time(finished):
    held = {name: json.loads(text) for name, text in finished.manifests().items()}
    assert len(held) == 2 * len(STAGES)
    classified = held["processed/toy_1/classify.json"]
    assert held["processed/toy_1/ingest.json"]["inputs"].keys() == {"raw/sub/toy_1.csv"}
    assert classified["inputs"] == held["processed/toy_1/harmonise.json"]["outputs"]
    assert held["processed/toy_1/publish_en.json"]["inputs"] == held["processed/toy_1/govern.json"]["outputs"]
    assert held["processed/toy_1/govern.json"]["inputs"].keys() == {"processed/toy_1/estimates.parquet"}
    everything = "".join(finished.manifests().values())
    assert str(finished.folder) not in everything
    assert not re.search(r'"/|20\d\d-|:\d\d:', everything)


def test_a_second_run_has_nothing_to_do(copy):
    before = copy.manifests()
    assert "Nothing to be done" in copy.run()
    assert copy.ran() == []
    assert copy.manifests() == before


def test_a_run_from_scratch_writes_the_same_bytes(copy):
    before = copy.manifests() | copy.outputs()
    for name in ("processed", "figures", ".snakemake"):
        shutil.rmtree(copy.folder / name)
    copy.run(umask=0o002)
    assert copy.manifests() | copy.outputs() == before
    restricted(copy)
    shared(copy, 0o775, 0o664)


@pytest.mark.parametrize(
    ("edited", "stages"),
    [
        ("workflow/informality/publish/__init__.py", ["publish"]),
        ("workflow/scripts/govern.py", ["govern", "publish"]),
        ("workflow/standards/icls17.yaml", ["classify", "estimate", "models", "govern", "publish"]),
        ("workflow/coverage.yaml", ["cover", "estimate", "models", "govern", "publish"]),
        ("workflow/informality/vocabulary.py", STAGES),
    ],
)
def test_an_edit_remakes_what_depends_on_it_and_nothing_else(copy, edited, stages):
    copy.append(edited, "# edited\n")
    copy.run()
    assert sorted(copy.ran()) == both(*stages)


def test_a_changed_setting_remakes_only_what_reads_it(copy):
    text = (copy.folder / "workflow/config.yaml").read_text()
    copy.write("workflow/config.yaml", text.replace("flag_below: 50", "flag_below: 60"))
    copy.run()
    assert sorted(copy.ran()) == both("govern", "publish")


def test_what_no_stage_reads_remakes_nothing_and_a_changed_description_its_survey(copy):
    # The law of another country, a module of the run's end, and another wave.
    copy.append("workflow/laws/lao_2013.yaml", "# edited\n")
    copy.append("workflow/informality/closing.py", "# edited\n")
    text = (copy.folder / "workflow/surveys/toy.yaml").read_text()
    copy.write(
        "workflow/surveys/toy.yaml",
        text.replace("2002-12-31}", '2002-12-31}\n  "3": {file: x, from: 2003-01-01, to: 2003-12-31}'),
    )
    copy.run()
    assert copy.ran() == []
    assert copy.ran_for_family == []
    copy.write("workflow/surveys/toy.yaml", text.replace("2002-12-31", "2002-12-30"))
    copy.run()
    assert {line.split()[0] for line in copy.ran()} == {"toy_2"}


def test_raw_data_are_known_by_content_even_if_they_look_older(copy):
    copy.write("raw/sub/toy_2.csv", "new data")
    os.utime(copy.folder / "raw/sub/toy_2.csv", (1_000_000_000, 1_000_000_000))
    copy.run()
    assert set(copy.ran()) == {f"toy_2 {stage}" for stage in STAGES}
    assert "new data" in copy.outputs()["figures/toy_2/en/index.html"]


def test_manifests_that_no_longer_hold_are_remade(copy):
    before = copy.outputs()
    (copy.folder / "processed/toy_1/classify.txt").unlink()
    (copy.folder / "processed/toy_2/cover.txt").write_text("tampered")
    looked = copy.run("--dry-run")
    for survey, stage in (("toy_1", "classify"), ("toy_2", "cover")):
        assert f"{survey}: {stage} would be made again" in looked
        assert (copy.folder / f"processed/{survey}/{stage}.json").exists()
    said = copy.run()
    assert "toy_1: classify will be made again: output processed/toy_1/classify.txt is" in said
    assert "toy_2: cover will be made again: output processed/toy_2/cover.txt is" in said
    after = ("estimate", "models", "govern", "publish")
    remade = {"toy_1": ("classify", *after), "toy_2": ("cover", *after)}
    assert sorted(copy.ran()) == sorted(f"{survey} {stage}" for survey, stages in remade.items() for stage in stages)
    assert copy.outputs() == before


def test_a_failing_job_leaves_everything_whole_and_says_what_to_do(copy):
    before = copy.outputs()
    copy.append("workflow/scripts/estimate.py", "# edited\n")
    copy.write("fail_estimate", "")
    said = copy.run("--keep-going", code=1)
    end = said[said.index("toy_1, estimate: no column 'Weigth'") :]
    assert "  where:      toy.yaml, design.weight\n  what to do: did you mean 'Weight'?" in end
    assert "toy_2, estimate: no column 'Weigth'" in end
    assert "Traceback" not in said
    assert copy.outputs() == before
    (copy.folder / "fail_estimate").unlink()
    copy.ran()
    copy.run()
    assert sorted(copy.ran()) == both("estimate", "govern", "publish")
    assert copy.outputs() == before


def test_a_run_killed_in_any_stage_leaves_the_old_outputs_whole_and_the_next_one_goes_on(copy):
    before = copy.outputs()
    copy.write("raw/sub/toy_1.csv", "new data")
    only = ("--config", "surveys=[toy_1]")
    temporary = copy.folder / "tmp"
    temporary.mkdir()
    copy.environment |= {"TMPDIR": str(temporary)}
    left = {}
    for stage in STAGES:
        # Two that need nothing of each other: neither is to be done when the other is killed.
        waiting = next((pair for pair in SIDE_BY_SIDE if stage == pair[0]), (stage,))
        for name in waiting:
            copy.write(f"wait_{name}", "")
        process = copy.start(*only)
        copy.until(f"reached_{stage}", process)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        for name in waiting:
            (copy.folder / f"wait_{name}").unlink()
            (copy.folder / f"reached_{name}").unlink(missing_ok=True)
        left[stage] = copy.outputs()
        # What a job had unpacked stays when it is killed, and goes with the start of the next run.
        assert 1 <= len(list(temporary.glob("informality-*"))) <= len(waiting)
    copy.ran()
    copy.run(*only)
    assert copy.ran() == ["toy_1 publish"]
    after = copy.outputs()
    assert not list(copy.folder.rglob("*.part*"))
    assert not list(temporary.glob("informality-*"))

    for killed, found in left.items():
        new = {name for name in after if found[name] == after[name] != before[name]}
        old = {name for name in after if found[name] == before[name]}
        beside = {name for pair in SIDE_BY_SIDE if killed in pair for name in pair}
        done = set(STAGES[: STAGES.index(killed)]) - beside
        made = {{"estimates": "estimate"}.get(Path(name).stem, Path(name).stem) for name in new}
        assert made - beside == done
        assert killed not in made
        assert new | old == after.keys() == found.keys()


def test_the_next_run_waits_for_a_job_that_outlived_its_run(copy):
    copy.append("workflow/scripts/govern.py", "# edited\n")
    copy.write(
        "workflow/scripts/govern.py",
        (copy.folder / "workflow/scripts/govern.py").read_text().replace("sleep(60)", "sleep(15)"),
    )
    copy.write("wait_govern", "")
    process = copy.start()
    copy.until("reached_govern", process)
    process.kill()
    process.wait()
    (copy.folder / "wait_govern").unlink()
    said = copy.run()
    assert "A job of an earlier run is still at work; waiting" in said
    assert "Nothing to be done" in copy.run()


def test_a_second_run_at_the_same_time_stops_with_one_message(copy):
    copy.append("workflow/scripts/publish.py", "# edited\n")
    copy.write("wait_publish", "")
    process = copy.start()
    copy.until("reached_publish", process)
    said = copy.run(code=1)
    assert said.startswith("another run is at work in this folder\n")
    assert len(said.splitlines()) == 3
    assert "would be made" not in copy.run("--dry-run", "--quiet")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["surveys=[toy_11]"], "no survey 'toy_11' is described"),
        (["srveys=[toy_1]"], "srveys: unknown key; did you mean 'surveys'?"),
        (["raw=nowhere"], "the raw folder does not exist"),
    ],
)
def test_a_wrong_start_is_one_readable_message(copy, options, message):
    before = copy.manifests()
    said = copy.run("--config", *options, code=1)
    assert message in said
    assert "what to do:" in said
    assert "Traceback" not in said
    assert "Snakefile" not in said
    assert copy.manifests() == before


def test_exactly_the_wanted_surveys_are_made_from_another_raw_folder(copy):
    for name in ("processed", "figures", ".snakemake"):
        shutil.rmtree(copy.folder / name)
    (copy.folder / "raw").rename(copy.folder.parent / "data")
    copy.run("--config", "raw=../data", "surveys=[toy_2]")
    assert sorted(copy.ran()) == sorted(f"toy_2 {stage}" for stage in STAGES)
    # One wave makes nothing of its family.
    assert copy.ran_for_family == []
    assert not (copy.folder / "processed/families").exists()
    (copy.folder / "link").symlink_to(copy.folder.parent / "data")
    assert "Nothing to be done" in copy.run("--config", "raw=link", "surveys=[toy_2]")


def test_without_any_file_the_demo_is_made(copy):
    shutil.rmtree(copy.folder / "raw/sub")
    copy.run()
    assert sorted(copy.ran()) == sorted(f"lao_lfs_demo {stage}" for stage in ("simulate", *STAGES))
    assert "simulate()" in copy.outputs()["figures/lao_lfs_demo/en/index.html"]
