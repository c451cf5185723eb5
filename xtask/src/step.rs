//! One step of a command: says what it does, runs it, says how long it took, and explains a
//! failure in a sentence.

use std::{
    io::{BufRead, BufReader, IsTerminal, Read},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// Prints a line for the person at the terminal.
#[expect(
    clippy::print_stdout,
    reason = "the one place where this program talks"
)]
pub fn say(line: &str) {
    println!("{line}");
}

/// A program to run, with what it is for and what to do when it fails.
pub struct Step {
    title: String,
    hint: String,
    command: Command,
    words: Vec<String>,
}

impl Step {
    /// `title` says what is being done; `program` is found on the path.
    pub fn new(title: &str, program: impl AsRef<Path>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(crate::paths::top());
        Self {
            title: title.into(),
            hint: String::new(),
            command,
            words: vec![program.display().to_string()],
        }
    }

    /// Adds arguments.
    pub fn args<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        for argument in arguments {
            self.command.arg(argument);
            self.words.push(argument.into());
        }
        self
    }

    /// Sets one environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in this folder, relative to the repository's top.
    pub fn in_folder(mut self, folder: &str) -> Self {
        self.command.current_dir(crate::paths::top().join(folder));
        self
    }

    /// The sentence that helps when the step fails.
    pub fn hint(mut self, hint: &str) -> Self {
        self.hint = hint.into();
        self
    }

    /// Runs the step with the terminal's own input and output.
    ///
    /// # Errors
    /// When the program is missing or does not end with success.
    pub fn run(mut self) -> Result<()> {
        let started = self.announce();
        let status = self
            .command
            .stdin(Stdio::null())
            .status()
            .with_context(|| format!("{} could not be started. {}", self.words[0], self.hint))?;
        self.conclude(started, status.success())
    }

    /// Runs the step, shows its output, and gives back the lines of it for counting.
    pub fn run_and_read(mut self) -> (Result<()>, Vec<String>) {
        let started = self.announce();
        if std::io::stdout().is_terminal() {
            self.command
                .env("CARGO_TERM_COLOR", "always")
                .env("FORCE_COLOR", "1");
        }
        let spawned = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} could not be started. {}", self.words[0], self.hint));
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => return (Err(error), Vec::new()),
        };
        let (sender, receiver) = mpsc::channel();
        let readers: Vec<_> = [
            child
                .stdout
                .take()
                .map(|pipe| forward(pipe, sender.clone())),
            child.stderr.take().map(|pipe| forward(pipe, sender)),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut lines = Vec::new();
        for line in receiver {
            say(&line);
            lines.push(plain(&line));
        }
        for reader in readers {
            // A reader only ends; what it read has arrived above.
            let _ended = reader.join();
        }
        let outcome = child
            .wait()
            .with_context(|| format!("{} was lost", self.words[0]))
            .and_then(|status| self.conclude(started, status.success()));
        (outcome, lines)
    }

    fn announce(&self) -> Instant {
        say(&format!(
            "\n==> {}\n    {}",
            self.title,
            shortened(&self.words.join(" "))
        ));
        Instant::now()
    }

    fn conclude(&self, started: Instant, success: bool) -> Result<()> {
        let took = words_for(started.elapsed());
        if success {
            say(&format!("    done in {took}"));
            return Ok(());
        }
        bail!("“{}” failed after {took}. {}", self.title, self.hint)
    }
}

fn forward(
    pipe: impl Read + Send + 'static,
    sender: mpsc::Sender<String>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while lines
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|read| read > 0)
        {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if sender.send(line).is_err() {
                break;
            }
            bytes.clear();
        }
    })
}

/// The line without colours.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // A colour is ESC [ … m.
            for skipped in characters.by_ref() {
                if skipped.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            text.push(character);
        }
    }
    text
}

fn shortened(command: &str) -> String {
    const LONGEST: usize = 160;
    match command.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &command[..end]),
        None => command.to_owned(),
    }
}

/// "3.2 s" or "4 min 05 s".
pub fn words_for(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{}.{} s", seconds, duration.subsec_millis() / 100)
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_left_out_before_counting() {
        assert_eq!(
            plain("\u{1b}[1m3 passed\u{1b}[0m, 0 failed"),
            "3 passed, 0 failed"
        );
    }

    #[test]
    fn durations_read_like_a_clock() {
        let cases = [(900, "0.9 s"), (59_900, "59.9 s"), (60_000, "1 min 00 s")];
        for (milliseconds, words) in cases {
            assert_eq!(words_for(Duration::from_millis(milliseconds)), words);
        }
    }
}
