//! The gateway against small servers that misbehave.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request as Incoming;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use stripe_client_core::{RequestBuilder, StripeMethod};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::{
    ApiBase, ApiKey, Cursor, Error, Gateway, GatewayOptions, Grant, IdempotencyKey, List,
    ListQuery, Mode, Object, Pace, Request, Retrieved, RetryPolicy, Timeouts,
};

const KEY: &str = "rk_test_51SECRETsecret";

/// What one server saw.
#[derive(Default)]
struct Seen {
    count: AtomicUsize,
    requests: Mutex<Vec<(String, HeaderMap, Vec<u8>)>>,
}

impl Seen {
    fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    fn all(&self) -> Vec<(String, HeaderMap, Vec<u8>)> {
        self.requests
            .lock()
            .expect("no test panics while holding it")
            .clone()
    }
}

/// A server whose answer to the n-th request (from 1) is `answer(n, path and query)`.
async fn server(
    answer: impl Fn(usize, &str) -> Response + Clone + Send + Sync + 'static,
) -> (String, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let recorder = Arc::clone(&seen);
    let app = Router::new().fallback(move |incoming: Incoming| {
        let (recorder, answer) = (Arc::clone(&recorder), answer.clone());
        async move {
            let n = recorder.count.fetch_add(1, Ordering::SeqCst) + 1;
            let (parts, body) = incoming.into_parts();
            let target = format!("{} {}", parts.method, parts.uri);
            let body = axum::body::to_bytes(body, 1 << 20)
                .await
                .expect("a small body");
            let mut requests = recorder
                .requests
                .lock()
                .expect("no test panics while holding it");
            requests.push((target.clone(), parts.headers, body.to_vec()));
            answer(n, &target)
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, seen)
}

fn options(address: &str) -> GatewayOptions {
    let key = ApiKey::parse(&SecretString::from(KEY)).expect("a key");
    GatewayOptions {
        retry: RetryPolicy {
            attempts_max: 4,
            base_ms: 2,
            cap_ms: 10,
            elapsed_max_ms: 5_000,
        },
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            answer: Duration::from_secs(2),
        },
        jitter_seed: 1,
        ..GatewayOptions::new(ApiBase::parse(address).expect("loopback"), key)
    }
}

fn gateway(address: &str) -> Gateway {
    Gateway::new(options(address)).expect("a gateway")
}

fn json(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let mut response = (status, body.to_owned()).into_response();
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(*name, value.parse().expect("a header"));
    }
    response
}

fn page(ids: &[&str], has_more: bool) -> String {
    let items: Vec<_> = ids
        .iter()
        .map(|id| format!(r#"{{"id":"{id}","created":5,"livemode":false}}"#))
        .collect();
    format!(
        r#"{{"object":"list","data":[{}],"has_more":{has_more}}}"#,
        items.join(",")
    )
}

fn fault(status: u16, headers: &[(&'static str, &str)]) -> Response {
    let headers: Vec<_> = headers
        .iter()
        .copied()
        .chain([("request-id", "req_1")])
        .collect();
    let body = r#"{"error":{"type":"api_error","code":"c","param":"p",
        "message":"No such thing for rk_test_51SECRETsecret"}}"#;
    json(status, &headers, body)
}

async fn customers(gateway: &Gateway) -> Result<usize, Error> {
    Ok(gateway
        .list_page(List::Customers, &ListQuery::default())
        .await?
        .items
        .len())
}

#[tokio::test]
async fn each_rule_of_repeating_holds() {
    for (status, headers, repeated) in [
        (409, vec![], true),
        (429, vec![], true),
        (
            429,
            vec![("stripe-rate-limited-reason", "endpoint-rate")],
            true,
        ),
        (429, vec![("stripe-should-retry", "false")], false),
        (500, vec![], true),
        (503, vec![("retry-after", "0")], true),
        (500, vec![("stripe-should-retry", "false")], false),
        (400, vec![("stripe-should-retry", "true")], true),
        (400, vec![], false),
        (401, vec![], false),
        (403, vec![], false),
        (404, vec![], false),
    ] {
        let sent = headers.clone();
        let (address, seen) = server(move |n, _| match n {
            1 | 2 => fault(status, &sent),
            _ => json(200, &[], &page(&["cus_1"], false)),
        })
        .await;
        let answer = customers(&gateway(&address)).await;
        if repeated {
            assert_eq!(
                answer.expect("the third attempt succeeds"),
                1,
                "{status} {headers:?}"
            );
            assert_eq!(seen.count(), 3, "{status} {headers:?}");
        } else {
            answer.expect_err("final");
            assert_eq!(seen.count(), 1, "{status} {headers:?} is final");
        }
    }
}

#[tokio::test]
async fn an_error_carries_what_a_caller_acts_on_and_no_secret() {
    let (address, seen) = server(|_, _| fault(500, &[])).await;
    let gateway = gateway(&address);
    let error = customers(&gateway).await.expect_err("it never succeeds");
    assert_eq!(seen.count(), 4, "attempts have a limit");
    let api = error.api().expect("Stripe's words");
    assert_eq!((api.status, api.attempts), (500, 4));
    assert_eq!(
        (api.code.as_deref(), api.param.as_deref()),
        (Some("c"), Some("p"))
    );
    assert_eq!(error.request_id(), Some("req_1"));
    for printed in [
        format!("{error} {error:?}"),
        format!("{gateway:?}"),
        format!("{:?}", options(&address)),
    ] {
        assert!(!printed.contains("SECRET"), "a key was printed: {printed}");
    }
    let stats = gateway.stats();
    assert_eq!(
        (stats.requests, stats.reads, stats.repeats, stats.in_flight),
        (4, 4, 3, 0)
    );
}

#[tokio::test]
async fn every_request_carries_key_and_version() {
    let (address, seen) = server(|_, _| json(200, &[], &page(&[], false))).await;
    customers(&gateway(&address)).await.expect("a page");
    let (target, headers, _) = seen.all().remove(0);
    assert_eq!(target, "GET /v1/customers?limit=100");
    assert_eq!(headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(headers["stripe-version"], "2026-09-30.endive");
    assert!(
        headers["user-agent"]
            .to_str()
            .expect("text")
            .starts_with("Meterdesk/")
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, reached) = server(|_, _| json(200, &[], &page(&[], false))).await;
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{elsewhere}/v1/customers");
        let (address, _) = server(move |_, _| json(status, &[("location", &to)], "")).await;
        let error = customers(&gateway(&address))
            .await
            .expect_err("no redirect is followed");
        assert!(matches!(error, Error::Redirected { .. }), "{error}");
    }
    assert_eq!(reached.count(), 0, "the key went nowhere else");
}

/// A server that cuts its answer short, or drops the connection, `faults` times.
async fn cutting_server(faults: usize, cut: Option<usize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        for n in 0.. {
            let Ok((mut stream, _)) = listener.accept().await else {
                return;
            };
            let mut buffer = [0_u8; 4096];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await;
            let body = page(&["cus_1", "cus_2"], false);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let whole = format!("{head}{body}");
            let length = match cut {
                _ if n >= faults => whole.len(),
                Some(cut) => head.len() + cut,
                None => 0,
            };
            let _ = stream.write_all(&whole.as_bytes()[..length]).await;
        }
    });
    address
}

#[tokio::test]
async fn lost_connections_and_cut_answers_are_asked_for_again() {
    for cut in [None, Some(0), Some(10), Some(40)] {
        let address = cutting_server(2, cut).await;
        let found = customers(&gateway(&address)).await;
        assert_eq!(
            found.expect("the third attempt is whole"),
            2,
            "cut at {cut:?}"
        );
    }
    let address = cutting_server(usize::MAX, Some(10)).await;
    let error = customers(&gateway(&address))
        .await
        .expect_err("never whole");
    assert!(
        matches!(error, Error::Broken { attempts: 4, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_body_that_is_cut_inside_its_json_is_asked_for_again() {
    let (address, seen) = server(|n, _| {
        let whole = page(&["cus_1"], false);
        json(
            200,
            &[("request-id", "req_9")],
            if n < 3 {
                &whole[..whole.len() - 9]
            } else {
                &whole
            },
        )
    })
    .await;
    assert_eq!(
        customers(&gateway(&address)).await.expect("whole at last"),
        1
    );
    assert_eq!(seen.count(), 3);
}

#[tokio::test]
async fn no_answer_in_time_is_offline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let mut slow = options(&address);
    slow.timeouts.answer = Duration::from_millis(30);
    slow.retry.attempts_max = 2;
    let error = customers(&Gateway::new(slow).expect("a gateway"))
        .await
        .expect_err("nobody");
    assert!(error.is_offline(), "{error}");
    drop(listener);
    let error = customers(&gateway(&address))
        .await
        .expect_err("the port is closed");
    assert!(
        matches!(error, Error::Offline { attempts: 4, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_429_slows_and_a_concurrency_429_halves() {
    let (address, _) = server(|n, _| match n {
        1 => fault(429, &[("stripe-rate-limited-reason", "global-concurrency")]),
        2 => fault(429, &[("stripe-rate-limited-reason", "global-rate")]),
        _ => json(200, &[], &page(&[], false)),
    })
    .await;
    let gateway = gateway(&address);
    assert!(
        gateway.stats().rate_per_s.is_infinite(),
        "the simulated account has no limit"
    );
    customers(&gateway).await.expect("a page");
    let stats = gateway.stats();
    assert_eq!((stats.concurrency, stats.throttled, stats.reads), (4, 2, 1));
    assert!(stats.rate_per_s.is_finite(), "a rate fell");
}

#[tokio::test]
async fn a_write_is_repeated_with_the_same_bytes_and_key() {
    let (address, seen) = server(|n, _| match n {
        1 => fault(500, &[]),
        2 => fault(409, &[]),
        _ => json(200, &[("idempotent-replayed", "true")], "{}"),
    })
    .await;
    let built = RequestBuilder::new(StripeMethod::Post, "/invoices/in_1/pay")
        .form(&std::collections::BTreeMap::from([("off_session", "true")]));
    let key = IdempotencyKey::new("md_abc").expect("a key");
    let request = Request::from_builder(built, Some(key)).expect("a request");
    let answer = gateway(&address)
        .send(&request)
        .await
        .expect("the third attempt succeeds");
    assert!(answer.replayed);
    let all = seen.all();
    assert_eq!(all.len(), 3);
    for (target, headers, body) in &all {
        assert_eq!(target, "POST /v1/invoices/in_1/pay");
        assert_eq!(headers["idempotency-key"], "md_abc");
        assert_eq!(body, b"off_session=true", "the same bytes every time");
    }
}

#[tokio::test]
async fn async_stripes_own_requests_are_carried() {
    use stripe_client_core::{IdempotencyKey as TheirKey, RequestStrategy, StripeRequest};
    let (address, seen) = server(|_, _| {
        json(
            200,
            &[],
            r#"{"id":"cus_1","object":"customer","deleted":true}"#,
        )
    })
    .await;
    let gateway = gateway(&address);
    stripe_core::customer::DeleteCustomer::new("cus_1")
        .customize()
        .send(&gateway)
        .await
        .expect("their own decoder reads it");
    let create = stripe_core::customer::CreateCustomer::new().name("A");
    let refused = create
        .customize()
        .send(&gateway)
        .await
        .expect_err("a write without a key");
    assert!(matches!(refused, Error::NoIdempotencyKey), "{refused}");
    let theirs = RequestStrategy::Idempotent(TheirKey::new("md_1").expect("a key"));
    let _ = create
        .customize()
        .request_strategy(theirs)
        .send(&gateway)
        .await;
    let sent: Vec<_> = seen.all().into_iter().map(|(target, ..)| target).collect();
    assert_eq!(sent, ["DELETE /v1/customers/cus_1", "POST /v1/customers"]);
}

#[tokio::test]
async fn lists_are_walked_both_ways() {
    let (address, seen) = server(|n, _| match n {
        1 => json(200, &[], &page(&["c", "b"], true)),
        2 => json(200, &[], &page(&["a"], false)),
        3 => json(200, &[], &page(&["c", "b"], true)),
        _ => json(200, &[], &page(&["d"], false)),
    })
    .await;
    let gateway = gateway(&address);
    for cursor in [None, Some(Cursor::Before("a".into()))] {
        let query = ListQuery {
            cursor,
            limit: 2,
            ..ListQuery::default()
        };
        let mut pager = gateway.pager(List::Events, query);
        let mut found = 0;
        while let Some(page) = pager.next_page().await.expect("a page") {
            found += page.items.len();
        }
        assert_eq!(found, 3);
    }
    let sent: Vec<_> = seen.all().into_iter().map(|(target, ..)| target).collect();
    assert_eq!(
        sent,
        [
            "GET /v1/events?limit=2",
            "GET /v1/events?limit=2&starting_after=b",
            "GET /v1/events?ending_before=a&limit=2",
            "GET /v1/events?ending_before=c&limit=2",
        ]
    );
}

#[tokio::test]
async fn a_key_check_says_what_is_missing() {
    let (address, _) = server(|_, target| {
        if target.starts_with("POST") {
            return fault(403, &[]);
        }
        match target.split(['?', ' ']).nth(1).unwrap_or_default() {
            "/v1/prices" => json(
                403,
                &[],
                r#"{"error":{"message":"Having the 'rak_plan_read' permission would allow it."}}"#,
            ),
            "/v1/account" => fault(403, &[]),
            _ => json(200, &[], &page(&["x_1"], true)),
        }
    })
    .await;
    let report = gateway(&address).key_check().await.expect("a report");
    assert_eq!((report.mode, report.mode_confirmed), (Mode::Test, true));
    assert_eq!(
        (report.account.clone(), report.may_write),
        (None, Some(false))
    );
    let missing: Vec<_> = report
        .lists
        .iter()
        .filter(|list| list.grant != Grant::Granted)
        .collect();
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert_eq!(
        missing[0].grant,
        Grant::Missing {
            slugs: vec!["rak_plan_read".into()]
        }
    );
    assert!(!report.is_complete());
}

#[tokio::test]
async fn a_key_of_the_other_mode_is_noticed() {
    let (address, _) = server(|_, _| {
        json(
            200,
            &[],
            r#"{"data":[{"id":"x","livemode":true}],"has_more":false}"#,
        )
    })
    .await;
    let error = gateway(&address)
        .key_check()
        .await
        .expect_err("live objects, test key");
    assert!(
        matches!(
            error,
            Error::Mode {
                expected: Mode::Test,
                found: Mode::Live
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_revoked_key_and_a_missing_object_are_told_apart() {
    let (address, _) = server(|n, _| match n {
        1 => fault(401, &[]),
        _ => json(
            404,
            &[],
            r#"{"error":{"code":"resource_missing","param":"id","message":"No"}}"#,
        ),
    })
    .await;
    let gateway = gateway(&address);
    assert!(
        customers(&gateway)
            .await
            .expect_err("revoked")
            .is_key_refused()
    );
    let missing = gateway.retrieve(Object::Customer, "cus_0").await;
    assert!(
        matches!(missing, Ok(Retrieved::Missing { .. })),
        "{missing:?}"
    );
}

#[tokio::test]
async fn a_paced_gateway_keeps_its_pace() {
    let (address, seen) = server(|_, _| json(200, &[], &page(&[], false))).await;
    let pace = Pace {
        per_endpoint_per_s: 50.0,
        all_per_s: 1_000.0,
        ..Pace::test()
    };
    let gateway = Gateway::new(GatewayOptions {
        pace,
        ..options(&address)
    })
    .expect("a gateway");
    let started = std::time::Instant::now();
    let reads: Vec<_> = (0..26).map(|_| customers(&gateway)).collect();
    for read in reads {
        read.await.expect("a page");
    }
    assert!(
        started.elapsed() >= Duration::from_millis(500),
        "26 requests at 50 a second"
    );
    assert_eq!(seen.count(), 26);
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let app = Router::new().fallback(|| async {
        let endless = futures_stream();
        Response::new(Body::from_stream(endless))
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let error = customers(&gateway(&address)).await.expect_err("too much");
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

fn futures_stream() -> impl futures::Stream<Item = Result<Vec<u8>, std::io::Error>> {
    futures::stream::repeat_with(|| Ok(vec![b' '; 1 << 20]))
}
