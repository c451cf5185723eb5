//! `cargo xtask test`: the same preparation as `run`, then every test, the real window included.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{
    build, desktop, node, seeds,
    step::{self, Step, say},
    system::{self, Need},
};

/// Which tests.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only one part; everything when left out.
    #[arg(long, value_enum)]
    only: Option<Part>,
}

/// A part of the tests that a developer can run alone.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Formatting, lints, and every crate's tests.
    Rust,
    /// The page: types, lints, component tests.
    Ui,
    /// The real window, driven.
    Window,
    /// The suite that crosses crates.
    Suite,
}

/// What was counted, and which steps failed.
#[derive(Default)]
pub struct Tally {
    passed: u64,
    failed: u64,
    failures: Vec<String>,
}

impl Tally {
    /// A step that is one check: it holds or it does not.
    fn check(&mut self, step: Step) {
        match step.run() {
            Ok(()) => self.passed += 1,
            Err(error) => self.fail(&error, 0),
        }
    }

    /// A step that runs many tests and says how many passed and failed.
    fn tests(&mut self, step: Step) {
        let (outcome, lines) = step.run_and_read();
        let counts = counts(&lines);
        self.passed += counts.passed;
        match outcome {
            Ok(()) if counts == Counts::default() => {
                self.fail(&anyhow::anyhow!("A test program ran no test at all."), 0);
            }
            Ok(()) => {}
            Err(error) => {
                self.fail(&error, counts.failed);
                self.failures.extend(reasons(&lines));
            }
        }
    }

    fn fail(&mut self, error: &anyhow::Error, failed: u64) {
        // A step that failed without a failed test (it did not compile, it crashed) counts as one.
        self.failed += failed.max(1);
        say(&format!("    {error:#}"));
        self.failures.push(format!("FAILED: {error:#}"));
    }
}

/// Prepares, then tests; goes on after a failure, so that one run shows all of them.
///
/// # Errors
/// When the preparation or any test fails.
pub fn run(arguments: &Arguments) -> Result<()> {
    let started = Instant::now();
    let wants = |part| arguments.only.is_none_or(|only| only == part);
    let need = if wants(Part::Window) {
        Need::Window
    } else {
        Need::App
    };
    build::prepare(need)?;
    let mut tally = Tally::default();
    if wants(Part::Ui) {
        page(&mut tally);
    }
    if wants(Part::Rust) {
        lints(&mut tally);
    }
    if arguments.only != Some(Part::Ui) {
        build::workspace()?;
    }
    if wants(Part::Rust) || wants(Part::Suite) {
        node::install("tests/counterparts")?;
        crates(&mut tally, arguments.only == Some(Part::Suite));
    }
    if wants(Part::Window) {
        node::install("tests/desktop")?;
        tally.tests(desktop::tests()?);
    }
    report(&tally, started)
}

fn lints(tally: &mut Tally) {
    tally.check(
        build::cargo("Check the formatting")
            .args(["fmt", "--all", "--check"])
            .hint("cargo fmt --all puts it right."),
    );
    tally.check(
        build::cargo("Lint the workspace")
            .args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "--deny",
                "warnings",
            ])
            .hint("Each message above names its lint; an exception carries its reason."),
    );
}

fn crates(tally: &mut Tally, suite_only: bool) {
    let packages = if suite_only {
        ["--package", "suite"].as_slice()
    } else {
        &["--workspace"]
    };
    let step = if system::answers("cargo-nextest", &["nextest", "--version"]) {
        build::cargo("Test the crates").args(["nextest", "run", "--locked", "--no-fail-fast"])
    } else {
        build::cargo("Test the crates (cargo-nextest would be faster)").args([
            "test",
            "--locked",
            "--no-fail-fast",
        ])
    };
    let step = step
        .args(packages.iter().copied())
        .hint("Each failed test above says why. One alone: cargo test -p CRATE NAME");
    tally.tests(seeds::set(step, seeds::SEEDS_PER_TEST, seeds::fresh()));
}

fn page(tally: &mut Tally) {
    let npm = |title: &str, script| {
        Step::new(title, node::npm())
            .in_folder("ui")
            .args(["run", "--silent", script])
            .hint(&format!("Again: npm run {script}, in ui/"))
    };
    tally.check(npm("Check the page's types", "typecheck"));
    tally.check(npm("Lint the page", "lint"));
    tally.tests(npm("Test the page", "test"));
}

fn report(tally: &Tally, started: Instant) -> Result<()> {
    say(&format!(
        "\nEverything took {}.",
        step::words_for(started.elapsed())
    ));
    for failure in &tally.failures {
        say(failure);
    }
    say(&format!("{} passed, {} failed", tally.passed, tally.failed));
    if tally.failed > 0 {
        bail!("Not everything holds.");
    }
    Ok(())
}

/// The lines of a failed step that say why, to stand again at the very end, where they are seen:
/// the compiler's errors, the names of failed tests, what a panic said.
fn reasons(lines: &[String]) -> Vec<String> {
    const MOST: usize = 12;
    const LONGEST: usize = 160;
    let mut reasons = Vec::new();
    let mut after_panic = false;
    for line in lines.iter().map(|line| line.trim()) {
        let begins = ["error", "FAIL ", "TIMEOUT [", "SIG", "✖ ", "× "]
            .iter()
            .any(|word| line.starts_with(word));
        let panicked = line.starts_with("thread '") && line.contains("panicked at");
        let full = line.contains("No space left on device");
        if begins || panicked || after_panic || full {
            let reason = format!("    {}", line.chars().take(LONGEST).collect::<String>());
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        after_panic = panicked;
    }
    // The last ones are nearest to the summary.
    reasons.split_off(reasons.len().saturating_sub(MOST))
}

/// What a test program's summary lines say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
}

/// Reads the summaries of nextest, `cargo test`, vitest and Node's test runner.
fn counts(lines: &[String]) -> Counts {
    let mut counts = Counts::default();
    for line in lines {
        let line = line.trim();
        let summary = line.starts_with("Summary [")
            || line.starts_with("test result:")
            || line.starts_with("Tests  ");
        if summary {
            counts.passed += number_before(line, "passed");
            counts.failed += number_before(line, "failed");
            counts.failed += number_before(line, "timed out");
        }
        for (prefix, total) in [("pass ", &mut counts.passed), ("fail ", &mut counts.failed)] {
            let node = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "));
            if let Some(number) = node.and_then(|rest| rest.strip_prefix(prefix)) {
                *total += number.parse().unwrap_or(0);
            }
        }
    }
    counts
}

fn number_before(line: &str, word: &str) -> u64 {
    let before = line.find(&format!(" {word}")).map(|end| &line[..end]);
    before
        .and_then(|text| {
            text.rsplit(|character: char| !character.is_ascii_digit())
                .next()
        })
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_says_why_a_step_failed() {
        let lines = [
            "   Compiling books v0.1.0",
            "error[E0308]: mismatched types",
            "        FAIL [   0.1s] (12/40) books tests::open",
            "    thread 'tests::open' (7) panicked at src/open.rs:3:9:",
            "    a newer file was opened",
            "        PASS [   0.1s] (13/40) books tests::close",
            "        FAIL [   0.1s] (12/40) books tests::open",
        ]
        .map(str::to_owned);
        assert_eq!(
            reasons(&lines),
            [
                "    error[E0308]: mismatched types",
                "    FAIL [   0.1s] (12/40) books tests::open",
                "    thread 'tests::open' (7) panicked at src/open.rs:3:9:",
                "    a newer file was opened",
            ]
        );
    }

    #[test]
    fn summaries_of_every_test_program_are_counted() {
        let cases = [
            (
                "     Summary [  41.2s] 312 tests run: 310 passed (2 slow), 2 failed, 1 skipped",
                (310, 2),
            ),
            (
                "     Summary [   0.4s] 9 tests run: 7 passed, 1 failed, 1 timed out",
                (7, 2),
            ),
            (
                "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
                (12, 0),
            ),
            ("      Tests  48 passed (48)", (48, 0)),
            ("      Tests  1 failed | 47 passed (48)", (47, 1)),
            ("ℹ pass 6", (6, 0)),
            ("# fail 3", (0, 3)),
            ("a line of a test that says 5 passed", (0, 0)),
        ];
        for (line, (passed, failed)) in cases {
            assert_eq!(
                counts(&[line.to_owned()]),
                Counts { passed, failed },
                "{line}"
            );
        }
    }
}
