//! Runs a program and watches it: seconds, highest memory, processor time.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What a finished program was.
#[derive(Debug, Clone)]
pub struct Finished {
    /// What it printed.
    pub stdout: String,
    /// From start to end.
    pub seconds: f64,
    /// The most memory it held at once, where the system says so.
    pub peak_bytes: Option<u64>,
    /// Processor time, where the system says so.
    pub cpu_seconds: Option<f64>,
}

/// Runs a program to its end; its own messages go to the terminal.
///
/// # Errors
/// When it cannot be started or does not end with success.
pub fn run(command: &mut Command) -> Result<Finished> {
    let words = words(command);
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{words} could not be started"))?;
    let mut pipe = child.stdout.take().context("a pipe is missing")?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).map(|_| text)
    });
    let mut peak_bytes = None;
    let mut cpu_seconds = None;
    let status = loop {
        // After the end the system no longer tells: the last look counts, and memory's high
        // mark only grows.
        peak_bytes = peak(child.id()).max(peak_bytes);
        cpu_seconds = cpu(child.id()).or(cpu_seconds);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(LOOK);
    };
    let seconds = started.elapsed().as_secs_f64();
    let stdout = match reader.join() {
        Ok(text) => text?,
        Err(_ended) => bail!("the output of {words} was lost"),
    };
    if !status.success() {
        bail!("{words} ended with {status}");
    }
    Ok(Finished {
        stdout,
        seconds,
        peak_bytes,
        cpu_seconds,
    })
}

/// A program that runs until it is dropped, and answers each line that it is told with one.
#[derive(Debug)]
pub struct Running {
    child: Child,
    told: ChildStdin,
    said: BufReader<ChildStdout>,
}

impl Running {
    /// Starts a program whose first line of output says that it is ready.
    ///
    /// # Errors
    /// When it cannot be started or ends before that line.
    pub fn start(command: &mut Command) -> Result<(Self, String)> {
        let words = words(command);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{words} could not be started"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (told, said) = pipes.context("a pipe is missing")?;
        let said = BufReader::new(said);
        let mut running = Self { child, told, said };
        let line = running.line().context("it was not ready")?;
        Ok((running, line))
    }

    /// Tells it a line, and waits for its answer.
    ///
    /// # Errors
    /// When it ended.
    pub fn ask(&mut self, line: &str) -> Result<String> {
        writeln!(self.told, "{line}")?;
        self.line().with_context(|| format!("no answer to {line}"))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.said.read_line(&mut line)?;
        ensure!(!line.is_empty(), "the program ended");
        Ok(line)
    }

    /// Processor time so far, in seconds.
    #[must_use]
    pub fn cpu_seconds(&self) -> Option<f64> {
        cpu(self.child.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn words(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or_default().to_owned();
    let first = command
        .get_args()
        .find(|word| !word.to_string_lossy().starts_with('-'));
    format!("{name} {}", first.unwrap_or_default().to_string_lossy())
}

/// The high mark of a process's resident memory, in bytes (Linux).
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// User and system time of a process, in seconds (Linux, a hundred ticks a second).
fn cpu(process: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let after_name = stat.rsplit_once(')')?.1;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / 100.0)
}
