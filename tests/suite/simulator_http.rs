//! A plain client of the simulated account, for tests that look at single answers.

use serde_json::Value;
use simulator::{Options, Running};

/// Starts an account.
pub async fn start(options: Options) -> Running {
    simulator::start(options).await.expect("the account starts")
}

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A client that keeps no connection, so that a fault on one request is no other's.
fn client() -> Result<reqwest::Client, reqwest::Error> {
    // A second installation is refused, and the first one serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
}

/// Sends a request with `key`; the form goes in the query of a GET, else in the body.
pub async fn send(
    account: &Running,
    method: reqwest::Method,
    path: &str,
    key: &str,
    form: &[(&str, &str)],
    idempotency_key: Option<&str>,
) -> Result<Answer, reqwest::Error> {
    let mut request = client()?
        .request(method, format!("{}{path}", account.base_url))
        .bearer_auth(key);
    if !form.is_empty() {
        request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(url_encoded(form));
    }
    if let Some(key) = idempotency_key {
        request = request.header("idempotency-key", key);
    }
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer {
        status,
        headers,
        body: response.bytes().await?.to_vec(),
    })
}

/// `name=value&…`, percent-encoded.
fn url_encoded(form: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

/// GETs `path` with the account's secret key.
pub async fn get(account: &Running, path: &str) -> Answer {
    send(
        account,
        reqwest::Method::GET,
        path,
        &account.secret_key,
        &[],
        None,
    )
    .await
    .expect("an answer")
}

/// POSTs a form with the account's secret key.
pub async fn post(
    account: &Running,
    path: &str,
    form: &[(&str, &str)],
    idempotency_key: Option<&str>,
) -> Answer {
    let key = &account.secret_key;
    send(
        account,
        reqwest::Method::POST,
        path,
        key,
        form,
        idempotency_key,
    )
    .await
    .expect("an answer")
}
