//! The window: opened where it was, remembered when it closes.

use crate::state::App;
use plumbline::jobs::preferences::Window;
use std::sync::Arc;
use tauri::{PhysicalPosition, PhysicalSize, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

/// Size at first, and least size, logical pixels: all of the layout fits from the least on.
const FIRST: [f64; 2] = [1440.0, 900.0];
const LEAST: [f64; 2] = [1100.0, 700.0];

/// Opens the window where it was when it was closed last, if that place is still on a screen.
pub fn open(tauri: &tauri::App, app: &Arc<App>) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(tauri, "main", WebviewUrl::default())
        .title("Plumbline")
        .inner_size(FIRST[0], FIRST[1])
        .min_inner_size(LEAST[0], LEAST[1])
        .background_color(tauri::window::Color(0x0e, 0x10, 0x13, 0xff))
        .build()?;
    let before = app.remembered().window;
    if let Some(place) = before {
        restore(&window, place)?;
    }
    let (app, closing) = (Arc::clone(app), window.clone());
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { .. } = event
            && let Ok(place) = place_of(&closing)
            && let Err(fault) = app.remember(|r| r.window = Some(place))
        {
            eprintln!("plumbline-app: {}", fault.what);
        }
    });
    Ok(())
}

fn restore(window: &WebviewWindow, place: Window) -> tauri::Result<()> {
    let on_a_screen = window.available_monitors()?.iter().any(|screen| {
        let (at, size) = (screen.position(), screen.size());
        let inside = |from: i32, length: u32, value: i32| value >= from && i64::from(value) < i64::from(from) + i64::from(length);
        inside(at.x, size.width, place.x) && inside(at.y, size.height, place.y)
    });
    if !on_a_screen {
        return Ok(());
    }
    window.set_position(PhysicalPosition::new(place.x, place.y))?;
    window.set_size(PhysicalSize::new(place.width, place.height))?;
    if place.maximised { window.maximize() } else { Ok(()) }
}

fn place_of(window: &WebviewWindow) -> tauri::Result<Window> {
    let (at, size) = (window.outer_position()?, window.inner_size()?);
    Ok(Window { x: at.x, y: at.y, width: size.width, height: size.height, maximised: window.is_maximized()? })
}
