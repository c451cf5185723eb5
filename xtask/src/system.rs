//! System packages: found or, on Debian and its relatives, installed after saying what and why.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Result, bail};

use crate::{
    paths,
    step::{Step, say},
};

/// A package and the reason for it. Names are Debian's.
struct Package {
    name: &'static str,
    why: &'static str,
}

/// What building and opening the app needs.
const APP: &[Package] = &[
    Package {
        name: "build-essential",
        why: "the C compiler and linker",
    },
    Package {
        name: "pkg-config",
        why: "finds the libraries below",
    },
    Package {
        name: "perl",
        why: "OpenSSL's build, for the encrypted books",
    },
    Package {
        name: "libwebkit2gtk-4.1-dev",
        why: "the window's web view",
    },
    Package {
        name: "librsvg2-dev",
        why: "icons",
    },
];

/// What driving the real window in the tests needs beyond that.
const WINDOW: &[Package] = &[
    Package {
        name: "webkit2gtk-driver",
        why: "drives the window",
    },
    Package {
        name: "xvfb",
        why: "a display without a screen",
    },
    Package {
        name: "dbus",
        why: "a session bus",
    },
    Package {
        name: "gnome-keyring",
        why: "a keyring like a person's",
    },
];

const ELSEWHERE: &str = "\
Fedora:    sudo dnf install gcc gcc-c++ make perl pkgconf webkit2gtk4.1-devel librsvg2-devel
           (tests: webkit2gtk-driver xorg-x11-server-Xvfb dbus-daemon gnome-keyring)
Arch:      sudo pacman -S base-devel perl webkit2gtk-4.1 librsvg
           (tests: xorg-server-xvfb dbus gnome-keyring; WebKitWebDriver comes with webkit2gtk)
openSUSE:  sudo zypper in gcc gcc-c++ make perl pkg-config webkit2gtk3-devel librsvg-devel
macOS:     xcode-select --install
Windows:   the C++ build tools, Perl, and WebView2 (part of Windows 11)";

/// What the next step needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Build and open the app.
    App,
    /// That, and drive its window in a test.
    Window,
}

/// Makes sure that the system's packages are there.
///
/// # Errors
/// When something is missing and cannot be installed here; the message lists what.
pub fn prepare(need: Need) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let wanted: Vec<&Package> = match need {
        Need::App => APP.iter().collect(),
        Need::Window => APP.iter().chain(WINDOW).collect(),
    };
    if is_debian() {
        install_on_debian(&wanted)
    } else {
        look_elsewhere(need)
    }
}

fn is_debian() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let related = release.lines().any(|line| {
        (line.starts_with("ID=") || line.starts_with("ID_LIKE="))
            && (line.contains("debian") || line.contains("ubuntu"))
    });
    related && answers("dpkg-query", &["--version"]) && answers("apt-get", &["--version"])
}

fn install_on_debian(wanted: &[&Package]) -> Result<()> {
    let missing: Vec<&&Package> = wanted
        .iter()
        .filter(|package| !is_installed(package.name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    say("\nThese system packages are missing and will be installed with apt:");
    for package in &missing {
        say(&format!("    {:<24} {}", package.name, package.why));
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let by_hand = format!("Install them by hand: apt-get install {}", names.join(" "));
    apt(&["update"], "Read the package lists", &by_hand)?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(&names);
    apt(&install, "Install system packages", &by_hand)
}

/// Through sudo where the person is not root. sudo may ask for a password, on the terminal.
fn apt(arguments: &[&str], title: &str, hint: &str) -> Result<()> {
    let quiet = [&["-qq", "-o", "Dpkg::Use-Pty=0"], arguments].concat();
    if is_root() {
        return Step::new(title, "apt-get")
            .args(quiet)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .hint(hint)
            .run();
    }
    if !answers("sudo", &["--version"]) {
        bail!("You are not root and sudo is not installed. {hint}");
    }
    let elevated = [
        &["DEBIAN_FRONTEND=noninteractive", "apt-get"],
        quiet.as_slice(),
    ]
    .concat();
    Step::new(title, "sudo").args(elevated).hint(hint).run()
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"installed")
}

fn look_elsewhere(need: Need) -> Result<()> {
    let mut missing = Vec::new();
    for library in ["webkit2gtk-4.1", "librsvg-2.0"] {
        if !answers("pkg-config", &["--exists", library]) {
            missing.push(library.to_owned());
        }
    }
    let programs: &[&str] = match need {
        Need::App => &["cc", "perl"],
        Need::Window => &[
            "cc",
            "perl",
            "WebKitWebDriver",
            "Xvfb",
            "dbus-run-session",
            "gnome-keyring-daemon",
        ],
    };
    missing.extend(
        programs
            .iter()
            .filter(|program| !on_path(program))
            .map(|program| (*program).to_owned()),
    );
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "Missing on this system: {}. Install:\n{ELSEWHERE}",
        missing.join(", ")
    )
}

/// Warns before a first build on a disk that is likely too small for it.
pub fn warn_of_a_small_disk() {
    const FIRST_BUILD_GIB: u64 = 10;
    if paths::built("meterdesk").exists() {
        return;
    }
    if let Some(left) = free_gib(&paths::top()).filter(|left| *left < FIRST_BUILD_GIB) {
        say(&format!(
            "\nThe disk has {left} GiB left, and a first build takes about {FIRST_BUILD_GIB}. \
             Should it end with “No space left on device”, free some, or set CARGO_TARGET_DIR to \
             a folder on another disk."
        ));
    }
}

/// What `df` says; nothing where there is none.
fn free_gib(folder: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kib: u64 = text
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()?;
    Some(kib >> 20)
}

/// Whether a program of this name is on the path.
pub fn on_path(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| Path::new(&folder).join(program).is_file())
}

/// Whether the program runs and ends with success.
pub fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
