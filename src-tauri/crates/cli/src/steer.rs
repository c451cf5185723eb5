//! `simulator serve --steered`: a program that started the simulated account changes it, by one
//! JSON object a line of standard input, each answered by one line of standard output.

use std::collections::BTreeMap;
use std::io::BufRead as _;

use serde::{Deserialize, Serialize};
use simulator::Running;
use tokio::sync::mpsc;

use crate::output::Output;

/// The most things that one line changes.
const MOST_CHANGES: u32 = 100_000;
/// The longest time that one line lets pass: a year.
const MOST_SECONDS: u32 = 366 * 86_400;

/// What is to happen at the account.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Wish {
    /// Changes by chance, each with the events that Stripe would make.
    Mutate { count: u32, seed: u64 },
    /// The same, and no event tells of any of it.
    MutateSilently { count: u32, seed: u64 },
    /// One event for each of so many customers.
    Touch { count: u32 },
    /// Lets time pass, and everything happen that is due until then.
    Advance { seconds: u32 },
    /// What was asked of the account so far.
    Requests,
}

/// What came of it.
#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(untagged)]
enum Done {
    Now { now: i64 },
    Touched { touched: usize },
    Requests(BTreeMap<String, u64>),
    Refused { error: String },
}

/// Does what each line of standard input says, until there are no more.
pub async fn steer(running: &Running, output: &Output) {
    let (sender, mut lines) = mpsc::channel::<String>(16);
    // A thread of its own: the process does not wait for it when it ends otherwise.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let done = match serde_json::from_str(&line) {
            Ok(wish) => carry_out(running, wish),
            Err(error) => Done::Refused {
                error: error.to_string(),
            },
        };
        output.answer(&done, |done| format!("{done:?}"));
    }
}

fn carry_out(running: &Running, wish: Wish) -> Done {
    let many = |count: u32| count.min(MOST_CHANGES);
    match wish {
        Wish::Mutate { count, seed } => running.mutate(many(count), seed),
        Wish::MutateSilently { count, seed } => running.mutate_silently(many(count), seed),
        Wish::Advance { seconds } => running.advance(seconds.min(MOST_SECONDS)),
        Wish::Touch { count } => {
            let touched = running.touch_customers(many(count) as usize);
            return Done::Touched { touched };
        }
        Wish::Requests => return Done::Requests(running.requests_by_endpoint()),
    }
    Done::Now { now: running.now() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulator::Options;

    #[tokio::test]
    async fn each_line_is_carried_out_and_answered() {
        let options = Options {
            customers: 8,
            now: Some(1_795_348_800),
            ..Options::default()
        };
        let running = simulator::start(options).await.expect("it is served");
        let told = |line: &str| {
            let wish = serde_json::from_str(line).expect(line);
            serde_json::to_value(carry_out(&running, wish)).expect("JSON")
        };
        assert_eq!(told(r#"{"do":"touch","count":3}"#)["touched"], 3);
        let before = told(r#"{"do":"mutate","count":5,"seed":1}"#)["now"].clone();
        let after = told(r#"{"do":"advance","seconds":3600}"#)["now"].clone();
        let passed = after.as_i64().unwrap_or(0) - before.as_i64().unwrap_or(0);
        assert!(passed >= 3_600, "{before} → {after}");
        assert_eq!(told(r#"{"do":"requests"}"#), serde_json::json!({}));
        for wrong in [r#"{"do":"melt"}"#, r#"{"do":"touch"}"#, "advance"] {
            assert!(serde_json::from_str::<Wish>(wrong).is_err(), "{wrong}");
        }
        running.shutdown().await;
    }
}
