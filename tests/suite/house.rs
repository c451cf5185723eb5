//! The invariants of ARCHITECTURE.md that can be read off the sources: which room may know which.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Which rooms of the house each room may name, directly. Everything else is an arrow that runs
/// the wrong way.
const ARROWS: &[(&str, &[&str])] = &[
    ("billing", &[]),
    ("objects", &["billing"]),
    ("books", &["billing", "objects"]),
    ("stripe", &["objects"]),
    ("sync", &["billing", "books", "objects", "stripe"]),
    ("usage", &["billing", "books"]),
    ("reports", &["billing", "books", "objects"]),
    ("simulator", &[]),
    (
        "desk",
        &[
            "billing",
            "books",
            "objects",
            "reports",
            "simulator",
            "stripe",
            "sync",
            "usage",
        ],
    ),
    ("cli", &["desk", "simulator"]),
    ("meterdesk", &["desk"]),
    ("bench", &["desk", "simulator"]),
    ("xtask", &[]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ has a parent")
        .to_path_buf()
}

/// Every package of the workspace but the suite itself (it crosses all rooms, and nothing depends
/// on it) with the names of its ordinary dependencies.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .expect("cargo metadata runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    list(&metadata["packages"])
        .iter()
        .filter(|package| package["name"] != "suite")
        .map(|package| {
            let ordinary = list(&package["dependencies"]);
            let ordinary = ordinary
                .iter()
                .filter(|dependency| dependency["kind"].is_null());
            (name(package), ordinary.map(name).collect())
        })
        .collect()
}

/// Files below `under` whose name ends in one of `endings`, build output and packages left out.
fn sources(under: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(under)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let (path, name) = (
                entry.path(),
                entry.file_name().to_string_lossy().into_owned(),
            );
            if path.is_dir() {
                if !["node_modules", "dist", "target", "gen"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    assert!(
        !found.is_empty(),
        "no {endings:?} below {under}: this test would prove nothing"
    );
    found.sort();
    found
}

/// Lines of `files` that hold one of `words` outside comments, as "path:line: text".
fn lines_with(files: &[PathBuf], words: &[&str]) -> Vec<String> {
    let mut hits = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a source file is UTF-8");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                hits.push(format!(
                    "{}:{}: {}",
                    file.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    hits
}

#[test]
fn arrows_between_rooms_run_one_way() {
    let packages = packages();
    let rooms: BTreeSet<&str> = ARROWS.iter().map(|(room, _)| *room).collect();
    for (package, dependencies) in &packages {
        let allowed = ARROWS.iter().find(|(room, _)| room == package);
        let allowed = allowed
            .unwrap_or_else(|| panic!("{package} stands in no list of arrows"))
            .1;
        let wrong: Vec<_> = dependencies
            .iter()
            .filter(|name| rooms.contains(name.as_str()) && !allowed.contains(&name.as_str()))
            .collect();
        assert!(wrong.is_empty(), "{package} may not depend on {wrong:?}");
    }
}

#[test]
fn only_the_shell_names_tauri() {
    for (package, dependencies) in packages() {
        let named: Vec<_> = dependencies
            .iter()
            .filter(|name| name.starts_with("tauri"))
            .collect();
        assert!(
            package == "meterdesk" || named.is_empty(),
            "{package} names {named:?}"
        );
    }
}

#[test]
fn only_the_gateway_names_async_stripe() {
    for (package, dependencies) in packages() {
        let named: Vec<_> = dependencies
            .iter()
            .filter(|name| name.starts_with("async-stripe"))
            .collect();
        assert!(
            package == "stripe" || named.is_empty(),
            "{package} names {named:?}"
        );
    }
}

#[test]
fn one_folder_of_the_page_reaches_the_platform() {
    let outside: Vec<_> = sources("ui/src", &[".ts", ".tsx"])
        .into_iter()
        .filter(|path| !path.starts_with(root().join("ui/src/host")))
        .collect();
    let hits = lines_with(&outside, &["@tauri-apps/"]);
    assert!(
        hits.is_empty(),
        "only ui/src/host may import @tauri-apps:\n{}",
        hits.join("\n")
    );
}

#[test]
fn no_float_stands_where_money_is() {
    let rooms = ["billing", "objects", "books", "reports", "sync", "usage"];
    for room in rooms {
        let mut files = sources(&format!("src-tauri/crates/{room}/src"), &[".rs"]);
        // A cell of an Excel sheet is a double; what it cannot hold exactly is written as text.
        files.retain(|file| !file.ends_with("reports/src/excel_file.rs"));
        // A forecast is no amount: this one file counts what may come in floating point.
        files.retain(|file| {
            !file.ends_with("billing/src/usage/forecast.rs")
                && !file.ends_with("billing/src/usage/forecast_test.rs")
        });
        // A font's letters have fractions of a pixel; no amount passes there.
        files.retain(|file| !file.ends_with("reports/src/chart/letters.rs"));
        let hits = lines_with(&files, &["f32", "f64"]);
        assert!(
            hits.is_empty(),
            "money is integers in minor units:\n{}",
            hits.join("\n")
        );
    }
}

#[test]
fn no_file_outgrows_its_reader() {
    let mut long = Vec::new();
    for (under, endings) in [
        ("src-tauri", &[".rs"][..]),
        ("xtask/src", &[".rs"]),
        ("tests/suite", &[".rs"]),
        ("ui/src", &[".ts", ".tsx", ".css"]),
    ] {
        for path in sources(under, endings) {
            // What the desk answers is one list, and the bindings are written by a program.
            if path.ends_with("desk/src/answers.rs") || path.ends_with("host/bindings.ts") {
                continue;
            }
            let lines = fs::read_to_string(&path)
                .expect("a source file is UTF-8")
                .lines()
                .count();
            if lines > 600 {
                long.push(format!("{} has {lines} lines", path.display()));
            }
        }
    }
    assert!(
        long.is_empty(),
        "split these where they come apart:\n{}",
        long.join("\n")
    );
}
