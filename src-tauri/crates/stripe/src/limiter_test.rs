//! The limiter, on a clock of its own.

use super::*;

/// A second of the test's own clock.
const SECOND: Duration = Duration::from_secs(1);

/// Lets `count` requests leave as early as the rate allows, and says when.
fn leave_all(rate: &mut Rate, start: Instant, count: usize) -> Vec<Duration> {
    let mut now = start;
    let mut times = Vec::new();
    for _ in 0..count {
        now = rate.ready_at(now).max(now);
        rate.leave(now);
        times.push(now - start);
    }
    times
}

#[test]
fn a_quiet_time_earns_no_burst() {
    let start = Instant::now();
    let mut rate = Rate::new(25.0, start);
    let times = leave_all(&mut rate, start + 20 * SECOND, 200);
    for (n, window) in times.windows(29).enumerate() {
        let span = window[28] - window[0];
        assert!(span > SECOND, "requests {n} to {} in {span:?}", n + 28);
    }
    let in_all = times[199].as_secs_f64();
    assert!(
        (7.9..8.1).contains(&in_all),
        "200 requests at 25 a second took {in_all} s"
    );
}

#[test]
fn a_moments_delay_is_made_up_for() {
    let start = Instant::now();
    let mut rate = Rate::new(25.0, start);
    let mut now = start;
    for n in 0..250_u32 {
        now = rate.ready_at(now).max(now);
        // Every tenth request leaves 30 ms late.
        now += if n % 10 == 9 {
            SECOND * 30 / 1_000
        } else {
            Duration::ZERO
        };
        rate.leave(now);
    }
    let in_all = (now - start).as_secs_f64();
    assert!(in_all < 10.3, "250 requests at 25 a second took {in_all} s");
}

#[test]
fn a_rate_falls_by_a_factor_and_rises_by_steps() {
    let start = Instant::now();
    let mut rate = Rate::new(25.0, start);
    rate.lower(start);
    rate.lower(start + SECOND / 2);
    let lowered = rate.per_s;
    let expected = 25.0 * HEADROOM * LOWERED_TO;
    assert!(
        (lowered - expected).abs() < 0.7,
        "two of one second count once: {lowered}"
    );
    rate.ready_at(start + 3 * SECOND);
    assert!(
        rate.per_s > lowered && rate.per_s < 25.0 * HEADROOM,
        "by steps: {}",
        rate.per_s
    );
    rate.ready_at(start + 20 * SECOND);
    assert!(
        (rate.per_s - 25.0 * HEADROOM).abs() < 0.01,
        "to where it was: {}",
        rate.per_s
    );
    for n in 0..100 {
        rate.lower(start + (30 + n) * SECOND);
    }
    assert!(
        rate.per_s >= 25.0 * HEADROOM * FLOOR_SHARE,
        "never to nothing: {}",
        rate.per_s
    );
}

#[test]
fn a_rate_without_limit_takes_one_on_demand_and_is_freed_again() {
    let start = Instant::now();
    let mut rate = Rate::new(f64::INFINITY, start);
    leave_all(&mut rate, start, 300);
    rate.lower(start + SECOND);
    assert!(
        (150.0..300.0).contains(&rate.per_s),
        "below what was sent: {}",
        rate.per_s
    );
    rate.ready_at(start + 60 * SECOND);
    assert!(
        rate.per_s.is_infinite(),
        "after a while nothing limits it any more"
    );
}

#[tokio::test]
async fn the_gate_halves_and_opens_again() {
    let gate = Gate::new();
    let start = Instant::now();
    let mut held = Vec::new();
    for _ in 0..CONCURRENCY_START {
        held.push(gate.enter().await.expect("a place"));
    }
    gate.halve(start);
    gate.halve(start + SECOND / 2);
    assert_eq!(
        locked(&gate.state).limit,
        4,
        "two answers of one second count once"
    );
    held.into_iter().for_each(|permit| gate.exit(permit));
    assert_eq!(
        gate.semaphore.available_permits(),
        4,
        "places in use are taken back"
    );
    for _ in 0..1_000 {
        gate.succeeded();
    }
    assert_eq!(
        locked(&gate.state).limit,
        CONCURRENCY_MAX,
        "slow successes open it"
    );
    assert_eq!(gate.semaphore.available_permits(), CONCURRENCY_MAX);
    for n in 0..10 {
        gate.halve(start + (n + 2) * SECOND);
    }
    assert_eq!(
        gate.semaphore.available_permits(),
        1,
        "one is always under way"
    );
}

#[tokio::test]
async fn a_busy_endpoint_leaves_places_to_others() {
    let limiter = Limiter::new(Pace {
        per_endpoint_per_s: 1.0,
        ..Pace::test()
    });
    drop(limiter.leave("GET /invoices").await);
    let mut waiting = Vec::new();
    for _ in 0..40 {
        let limiter = Arc::clone(&limiter);
        waiting.push(tokio::spawn(async move {
            drop(limiter.leave("GET /invoices").await)
        }));
    }
    tokio::task::yield_now().await;
    let other = tokio::time::timeout(SECOND / 2, limiter.leave("GET /customers")).await;
    assert!(
        other.is_ok(),
        "forty requests that wait for their endpoint hold no place"
    );
    waiting.into_iter().for_each(|task| task.abort());
}

#[test]
fn reasons_are_read() {
    for (reason, code, throttle) in [
        (Some("endpoint-rate"), None, Throttle::EndpointRate),
        (Some("global-rate"), None, Throttle::GlobalRate),
        (Some("endpoint-concurrency"), None, Throttle::Concurrency),
        (Some("global-concurrency"), None, Throttle::Concurrency),
        (Some("resource-specific"), None, Throttle::Resource),
        (Some("something-new"), None, Throttle::Unknown),
        (None, Some("lock_timeout"), Throttle::Resource),
        (None, Some("rate_limit"), Throttle::Unknown),
        (None, None, Throttle::Unknown),
    ] {
        assert_eq!(
            Throttle::read(reason, code),
            throttle,
            "{reason:?} {code:?}"
        );
    }
}
