//! The desktop app: a window on the library. What it shows and plays comes from there; here commands are passed on, and state is held.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod commands;
mod desktop;
mod fault;
mod listening;
#[cfg(target_os = "linux")]
mod painting;
mod papers;
mod pictures;
mod progress;
mod state;
mod threads;
mod view;
mod watching;
mod window;
mod wire;

#[cfg(test)]
mod tests;

use state::App;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::Manager;

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|first| first == "--schema") {
        return print_schema();
    }
    if !has_screen() {
        eprintln!(
            "plumbline-app: there is no screen to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set; start it from a desktop, or use plumb"
        );
        return ExitCode::from(2);
    }
    #[cfg(target_os = "linux")]
    painting::without_a_card();
    threads::lower_those_that_reckon();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .setup(|tauri| {
            let app = Arc::new(App::new(tauri.handle().clone()));
            watching::begin(&app);
            window::open(tauri, &app)?;
            tauri.manage(app);
            Ok(())
        })
        .invoke_handler(commands::all())
        .run(tauri::generate_context!());
    match app {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plumbline-app: the window cannot be opened: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether a window can be opened: without either variable the toolkit of Linux ends the program with words of its own.
fn has_screen() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// `--schema`: the JSON Schema of what crosses to the window, from which the types of `ui/` are made.
fn print_schema() -> ExitCode {
    let written = serde_json::to_string_pretty(&schemars::schema_for!(wire::Wire)).map_err(std::io::Error::from);
    match written.and_then(|schema| writeln!(std::io::stdout(), "{schema}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plumbline-app: the schema cannot be written: {error}");
            ExitCode::from(2)
        }
    }
}
