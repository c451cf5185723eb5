//! The one build that `run` and `test` share.

use anyhow::Result;

use crate::{
    node, paths,
    step::Step,
    system::{self, Need},
};

/// Brings everything that building needs, builds the page, then the whole workspace.
///
/// # Errors
/// When a step fails; the message says which and what helps.
pub fn prepare_and_build(need: Need) -> Result<()> {
    prepare(need)?;
    workspace()
}

/// System packages, Node packages, the page.
///
/// # Errors
/// When a step fails.
pub fn prepare(need: Need) -> Result<()> {
    node::check()?;
    system::prepare(need)?;
    system::warn_of_a_small_disk();
    node::install("ui")?;
    node::build_page()
}

/// Every program and library, with the features that the tests use too, so that nothing is
/// compiled twice.
///
/// # Errors
/// When the compiler refuses.
pub fn workspace() -> Result<()> {
    cargo("Build the workspace (the first time takes about ten minutes)")
        .args(["build", "--workspace", "--locked"])
        .hint("The compiler's messages are above.")
        .run()
}

/// Cargo, as it was called.
pub fn cargo(title: &str) -> Step {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_unset| "cargo".into());
    Step::new(title, cargo).env("CARGO_TARGET_DIR", paths::target())
}
