//! Node packages and the page: installed when a lock file changed, built when a source changed.

use std::{
    collections::BTreeSet,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    paths,
    step::{Step, say},
};

/// The oldest Node that the page's tools run on.
const OLDEST_NODE: u32 = 20;

/// Checks Node's version.
///
/// # Errors
/// When Node is absent or too old; the message says where to get it.
pub fn check() -> Result<()> {
    let output = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|_absent| {
            anyhow::anyhow!(
                "Node was not found. Install Node {OLDEST_NODE} or newer: https://nodejs.org"
            )
        })?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let major: Option<u32> = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|n| n.parse().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!(
            "Node {version} is too old. Install Node {OLDEST_NODE} or newer: https://nodejs.org"
        ),
    }
}

/// `npm ci` in `folder`, unless the installed packages are those of the lock file.
///
/// # Errors
/// When npm fails.
pub fn install(folder: &str) -> Result<()> {
    let place = paths::top().join(folder);
    let lock = place.join("package-lock.json");
    let wanted = fingerprint([lock.clone()].into())
        .with_context(|| format!("{} could not be read", lock.display()))?;
    let stamp = place.join("node_modules/.installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    Step::new(&format!("Install Node packages of {folder}"), npm())
        .in_folder(folder)
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .hint("npm needs the network for this once. Is the package registry reachable?")
        .run()?;
    fs::write(&stamp, wanted).with_context(|| format!("{} was not written", stamp.display()))
}

/// Builds the page into `ui/dist`, unless nothing that it is made of changed.
///
/// # Errors
/// When the build fails.
pub fn build_page() -> Result<()> {
    let sources = page_sources().context("the page's sources in ui/ could not be listed")?;
    let wanted = fingerprint(sources).context("the page's sources could not be read")?;
    let stamp = paths::stamps().join("page");
    let built = paths::top().join("ui/dist/index.html").is_file();
    if built && fs::read_to_string(&stamp).is_ok_and(|done| done == wanted) {
        say("\n==> The page is built already");
        return Ok(());
    }
    Step::new("Build the page", npm())
        .in_folder("ui")
        .args(["run", "--silent", "build"])
        .hint("The messages above come from the page's build in ui/.")
        .run()?;
    fs::create_dir_all(paths::stamps())?;
    fs::write(&stamp, wanted).with_context(|| format!("{} was not written", stamp.display()))
}

/// npm, under its name on this system.
pub fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

fn page_sources() -> Result<BTreeSet<PathBuf>> {
    const MADE: &[&str] = &["node_modules", "dist", "dist-fake", "coverage"];
    let mut files = BTreeSet::new();
    let mut folders = vec![paths::top().join("ui")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let made = entry
                .file_name()
                .to_str()
                .is_some_and(|name| MADE.contains(&name));
            if entry.file_type()?.is_dir() {
                if !made {
                    folders.push(entry.path());
                }
            } else {
                files.insert(entry.path());
            }
        }
    }
    Ok(files)
}

/// Changes whenever a file's name or content does.
fn fingerprint(files: BTreeSet<PathBuf>) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        relative(&file).hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn relative(file: &Path) -> PathBuf {
    file.strip_prefix(paths::top())
        .unwrap_or(file)
        .to_path_buf()
}
