//! What the page may call, proven on the mock runtime with the real capability, and the committed
//! TypeScript compared with a fresh export.

use std::{collections::BTreeSet, fs, path::Path};

use desk::{Desk, DeskConfig, Keyring};
use tauri::{
    Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    ipc::{CallbackFn, InvokeBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder},
    webview::InvokeRequest,
};

use crate::{bindings, idle, jobs, picks, window};

const COMMANDS: &[&str] = include!("../commands.in");

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn app(folder: &Path) -> tauri::App<MockRuntime> {
    let mut config = DeskConfig::new(folder.to_owned());
    config.keyring = Keyring::Off;
    mock_builder()
        .manage(Desk::new(config).expect("a desk in an empty folder"))
        .manage(jobs::Jobs::default())
        .manage(picks::Picks::default())
        .manage(idle::LockState::default())
        .invoke_handler(bindings::commands::<MockRuntime>().invoke_handler())
        .build(crate::context())
        .expect("the app under the mock runtime")
}

fn window(app: &tauri::App<MockRuntime>, label: &str) -> WebviewWindow<MockRuntime> {
    WebviewWindowBuilder::new(app, label, WebviewUrl::default())
        .build()
        .expect("a mock window")
}

fn call(
    window: &WebviewWindow<MockRuntime>,
    command: &str,
    from: &str,
) -> Result<serde_json::Value, String> {
    let request = InvokeRequest {
        cmd: command.into(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: from.parse().expect("an address"),
        body: InvokeBody::Json(serde_json::json!({ "url": "https://example.com" })),
        headers: Default::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request)
        .map(|body| body.deserialize().unwrap_or(serde_json::Value::Null))
        .map_err(|refusal| refusal.to_string())
}

const PAGE: &str = if cfg!(windows) {
    "http://tauri.localhost"
} else {
    "tauri://localhost"
};

#[test]
fn the_main_window_may_call_its_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app(folder.path());
    let main = window(&app, window::MAIN);
    assert_eq!(call(&main, "touch", PAGE), Ok(serde_json::Value::Null));
}

#[test]
fn what_the_capability_leaves_out_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = app(folder.path());
    let main = window(&app, window::MAIN);
    let other = window(&app, "other");
    let cases = [
        (
            &main,
            "plugin:opener|open_url",
            PAGE,
            "a plugin's command is for Rust alone",
        ),
        (
            &main,
            "plugin:dialog|open",
            PAGE,
            "dialogs are opened by Rust",
        ),
        (
            &main,
            "plugin:window|set_title",
            PAGE,
            "nothing of the window's is the page's",
        ),
        (
            &main,
            "plugin:event|listen",
            PAGE,
            "nothing is sent by events",
        ),
        (&main, "no_such_command", PAGE, "it does not exist"),
        (&other, "app_state", PAGE, "another window may call nothing"),
        (
            &main,
            "app_state",
            "https://example.com",
            "a foreign page may call nothing",
        ),
    ];
    for (window, command, from, why) in cases {
        let refused = call(window, command, from).expect_err(why);
        assert!(
            refused.contains("not allowed") || refused.contains("not found"),
            "{command} from {from}: {why}, but the refusal reads {refused}"
        );
    }
}

#[test]
fn the_list_the_handler_and_the_capability_agree() {
    let listed: BTreeSet<String> = COMMANDS.iter().map(|name| (*name).to_owned()).collect();
    let text = fs::read_to_string(top().join("src-tauri/capabilities/main.json"))
        .expect("the capability is committed");
    let capability: serde_json::Value = serde_json::from_str(&text).expect("the capability");
    let allowed: BTreeSet<String> = capability["permissions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|permission| {
            let name = permission.as_str().expect("a name");
            name.strip_prefix("allow-")
                .expect("only our own")
                .replace('-', "_")
        })
        .collect();
    assert_eq!(allowed, listed, "the capability allows exactly the list");
    let source = fs::read_to_string(top().join("src-tauri/src/bindings.rs")).expect("readable");
    let registered: BTreeSet<String> = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("crate::commands::"))
        .filter_map(|path| path.split("::").nth(1))
        .map(|name| name.trim_end_matches(',').to_owned())
        .collect();
    assert_eq!(registered, listed, "the handler registers exactly the list");
}

#[test]
fn the_committed_bindings_are_a_fresh_export() {
    let committed = top().join("ui/src/host/bindings.ts");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bindings.ts");
    bindings::commands::<tauri::Wry>()
        .export(specta_typescript::Typescript::default(), &path)
        .expect("every type has a TypeScript form");
    let fresh = fs::read_to_string(&path).expect("the export");
    if std::env::var_os("METERDESK_UPDATE_BINDINGS").is_some() {
        fs::write(&committed, &fresh).expect("the page's folder can be written");
    }
    let known = fs::read_to_string(&committed).unwrap_or_default();
    assert!(
        known == fresh,
        "ui/src/host/bindings.ts is out of date. METERDESK_UPDATE_BINDINGS=1 cargo test -p \
         meterdesk bindings writes it anew"
    );
}

#[test]
fn only_stripes_dashboard_is_opened_in_the_browser() {
    let cases = [
        ("https://dashboard.stripe.com/test/invoices/in_1", true),
        ("http://dashboard.stripe.com/", false),
        ("https://dashboard.stripe.com.example.com/", false),
        ("https://dashboard.stripe.com:8443/", false),
        ("https://someone@dashboard.stripe.com/", false),
        ("https://example.com/?https://dashboard.stripe.com/", false),
        ("file:///etc/passwd", false),
        ("javascript:alert(1)", false),
    ];
    for (address, allowed) in cases {
        let url: Url = address.parse().expect(address);
        assert_eq!(window::is_dashboard(&url), allowed, "{address}");
    }
}

#[test]
fn the_window_stays_on_its_own_page() {
    let cases = [
        ("tauri://localhost/index.html", true),
        ("tauri://example.com/", false),
        ("https://example.com/", false),
        ("file:///etc/passwd", false),
        ("data:text/html,hello", false),
    ];
    for (address, allowed) in cases {
        let url: Url = address.parse().expect(address);
        assert_eq!(window::is_own_page(&url), allowed, "{address}");
    }
}
