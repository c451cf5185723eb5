//! The files that the person picked. The page names a path back to us, and only one that the
//! person picked in a dialog is read or written: the page itself has no way to the file system.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use desk::{Code, Error, Result};

/// Picks that are remembered; the oldest goes first.
const MOST: usize = 64;

/// What was picked in this session.
#[derive(Debug, Default)]
pub struct Picks(Mutex<VecDeque<PathBuf>>);

impl Picks {
    /// Remembers what a dialog answered.
    pub fn remember(&self, path: PathBuf) {
        let mut picks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if picks.len() == MOST {
            picks.pop_front();
        }
        picks.push_back(path);
    }

    /// The path as a file that may be used.
    ///
    /// # Errors
    /// `Forbidden` when no dialog answered this path.
    pub fn picked(&self, path: &str) -> Result<PathBuf> {
        let picks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let path = Path::new(path);
        if picks.iter().any(|pick| pick == path) {
            return Ok(path.to_owned());
        }
        Err(Error::new(
            Code::Forbidden,
            "The file was not opened",
            "It was not picked in a dialog of this window",
            "Pick it again",
        ))
    }
}

/// The file name alone, without what a file system or a dialog could read as a folder.
pub fn file_name(suggested: &str) -> String {
    const LONGEST: usize = 120;
    let name: String = suggested
        .chars()
        .map(|c| {
            if c.is_control() || r#"/\:*?"<>|"#.contains(c) {
                '-'
            } else {
                c
            }
        })
        .take(LONGEST)
        .collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if name.is_empty() {
        "meterdesk".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_picked_may_be_used() {
        let picks = Picks::default();
        picks.remember("/home/ada/invoices.csv".into());
        assert!(picks.picked("/home/ada/invoices.csv").is_ok());
        for other in ["/home/ada/.ssh/id", "/home/ada/../ada/invoices.csv", ""] {
            let refused = picks.picked(other).expect_err(other);
            assert_eq!(refused.code, Code::Forbidden, "{other}");
        }
    }

    #[test]
    fn the_oldest_pick_is_forgotten_first() {
        let picks = Picks::default();
        for n in 0..=MOST {
            picks.remember(n.to_string().into());
        }
        assert!(picks.picked("0").is_err());
        assert!(picks.picked("1").is_ok());
    }

    #[test]
    fn a_suggested_name_is_only_a_name() {
        let cases = [
            ("invoices 2026-11.csv", "invoices 2026-11.csv"),
            ("../../etc/passwd", "-..-etc-passwd"),
            (
                "Müller & Söhne: statement.csv",
                "Müller & Söhne- statement.csv",
            ),
            ("..", "meterdesk"),
            ("", "meterdesk"),
        ];
        for (suggested, name) in cases {
            assert_eq!(file_name(suggested), name, "{suggested}");
        }
    }
}
