//! The main window: its size, and the guard that keeps the page where it is.

use tauri::{
    AppHandle, Manager, Runtime, Url, WebviewUrl, WebviewWindowBuilder, webview::NewWindowResponse,
};

/// The one window's label; the capability names it.
pub const MAIN: &str = "main";

/// Opens the main window.
///
/// # Errors
/// When the system refuses a window.
pub fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    // What the web view would keep on disk (caches, storage) is billing data outside the encrypted
    // books, so it keeps nothing. A driven window needs a context that automation may enter.
    let driven = std::env::var("TAURI_WEBVIEW_AUTOMATION").is_ok_and(|value| value == "true");
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Meterdesk")
        .inner_size(1280.0, 800.0)
        .min_inner_size(1024.0, 700.0)
        .center()
        .incognito(!driven)
        .zoom_hotkeys_enabled(true)
        .general_autofill_enabled(false)
        .disable_drag_drop_handler()
        .on_navigation(is_own_page)
        .on_new_window(|_url, _features| NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// Brings the window to the front, out of the task bar too.
pub fn bring_to_front<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let raised = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// Whether an address is the app's own page: `tauri://localhost`, on Windows
/// `http://tauri.localhost`. The window never shows anything else.
pub fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Whether an address is a page of Stripe's dashboard, the only place the app opens a browser at.
pub fn is_dashboard(url: &Url) -> bool {
    url.scheme() == "https"
        && url.host_str() == Some("dashboard.stripe.com")
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}
