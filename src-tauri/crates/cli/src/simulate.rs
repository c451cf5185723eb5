//! `simulator serve`: the simulated account on loopback until Ctrl-C, or until who steers it ends.
//! `simulator usage`: what its customers used, in a file.

use desk::{Code, Error, Result};
use serde::Serialize;
use simulator::{Delivery, Faults, Options, Shape};

use crate::arguments::{Serve, SimulatedUsage};
use crate::output::Output;

/// What is printed when the account is served.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Served {
    base_url: String,
    account: String,
    secret_key: String,
    restricted_key: String,
    publishable_key: String,
    webhook_secret: String,
    customers: u32,
    seed: u64,
    now: i64,
}

/// Serves until Ctrl-C.
pub async fn serve(options: Serve, output: &Output) -> Result<()> {
    let (webhook_to, steered) = (options.webhook_to.clone(), options.steered);
    let options = checked(options)?;
    let (customers, seed) = (options.customers, options.seed);
    let running = simulator::start(options).await.map_err(|error| {
        Error::new(
            Code::Failed,
            "The simulated account could not be served",
            error.to_string(),
            "Choose another port, or leave --port away",
        )
    })?;
    let served = Served {
        base_url: running.base_url.clone(),
        account: running.account_id.clone(),
        secret_key: running.secret_key.clone(),
        restricted_key: running.restricted_key.clone(),
        publishable_key: running.publishable_key.clone(),
        webhook_secret: running.webhook_secret.clone(),
        customers,
        seed,
        now: running.now(),
    };
    output.answer(&served, words);
    let delivering = async {
        match &webhook_to {
            Some(url) => running.keep_delivering(url, &Delivery::default()).await,
            None => std::future::pending().await,
        }
    };
    let steering = async {
        match steered {
            true => crate::steer::steer(&running, output).await,
            false => std::future::pending().await,
        }
    };
    let interrupted = tokio::select! {
        () = steering => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
        Err(error) = delivering => {
            return Err(Error::invalid("webhook_to", "Nothing can be delivered there", error.to_string()));
        }
    };
    running.shutdown().await;
    interrupted.map_err(|error| {
        Error::new(
            Code::Failed,
            "Ctrl-C cannot be awaited here",
            error.to_string(),
            "",
        )
    })
}

/// What is printed of a file of usage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenUsage {
    path: String,
    records: u64,
}

/// Writes what the customers of an account used.
pub async fn write_usage(given: SimulatedUsage, output: &Output) -> Result<()> {
    const WHAT: &str = "The usage was not written";
    let usual = Options::default();
    let options = Options {
        seed: given.seed.unwrap_or(usual.seed),
        customers: given.customers,
        now: given.now.as_deref().map(moment).transpose()?,
        history_months: given.months,
        ..usual
    };
    let out = given.out.clone();
    let written = tokio::task::spawn_blocking(move || {
        let mut file = std::io::BufWriter::new(std::fs::File::create(&given.out)?);
        let records = simulator::write_usage(&options, &mut file)?;
        std::io::Write::flush(&mut file).map(|()| records)
    })
    .await
    .unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()));
    let records = written
        .map_err(|error| Error::invalid("out", WHAT, error.to_string()).then("Choose a file"))?;
    let written = WrittenUsage {
        path: out.display().to_string(),
        records,
    };
    output.answer(&written, |it| {
        format!("{} records in {}", it.records, it.path)
    });
    Ok(())
}

fn words(served: &Served) -> String {
    format!(
        "A simulated Stripe account of {} customers at {}\n\n  restricted key (reads)  {}\n  \
         secret key              {}\n\nTo connect it:\n  STRIPE_API_KEY={} meterdesk-cli connect \
         --api-base {}\n\nCtrl-C ends it.",
        served.customers,
        served.base_url,
        served.restricted_key,
        served.secret_key,
        served.restricted_key,
        served.base_url
    )
}

fn checked(given: Serve) -> Result<Options> {
    let usual = Options::default();
    let faults = match given.faults.as_deref() {
        None => Faults::none(),
        Some(spec) => Faults::parse(spec).map_err(|error| {
            Error::invalid("faults", "The faults cannot be read", error.to_string())
        })?,
    };
    let shape = match (given.uniform, given.uniform_lines) {
        (Some(invoices_per_customer), Some(lines)) => Shape::Uniform {
            invoices_per_customer,
            lines,
        },
        _ => usual.shape,
    };
    Ok(Options {
        port: given.port,
        seed: given.seed.unwrap_or(usual.seed),
        customers: given.customers,
        now: given.now.as_deref().map(moment).transpose()?,
        faults,
        history_months: given.months,
        shape,
        livemode: given.live,
        restricted_without: given.without,
        event_api_version: given.event_api_version.unwrap_or(usual.event_api_version),
    })
}

/// UTC seconds, a time with its zone, or a day (its first second in UTC).
fn moment(given: &str) -> Result<i64> {
    if let Ok(seconds) = given.parse() {
        return Ok(seconds);
    }
    if let Ok(time) = chrono::DateTime::parse_from_rfc3339(given) {
        return Ok(time.timestamp());
    }
    let day = chrono::NaiveDate::parse_from_str(given, "%Y-%m-%d").ok();
    let start = day.and_then(|day| day.and_hms_opt(0, 0, 0));
    start
        .map(|start| start.and_utc().timestamp())
        .ok_or_else(|| {
            Error::invalid(
                "now",
                "The present cannot be read",
                format!("“{given}” is no time"),
            )
            .then("Give UTC seconds, or a time such as 2026-11-22T12:00:00Z")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_is_seconds_a_time_or_a_day() {
        for (given, seconds) in [
            ("1795348800", 1_795_348_800),
            ("2026-11-22T12:00:00Z", 1_795_348_800),
            ("2026-11-22T13:00:00+01:00", 1_795_348_800),
            ("2026-11-22", 1_795_305_600),
        ] {
            assert_eq!(moment(given).expect(given), seconds, "{given}");
        }
        assert!(moment("yesterday").is_err());
    }
}
