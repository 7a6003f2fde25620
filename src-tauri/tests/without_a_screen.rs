//! The program itself, where there is no screen. What it does on one is driven from `tests/e2e`, with the program that this test has built.

use std::process::Command;

#[cfg(target_os = "linux")]
#[test]
fn without_a_screen_it_says_so_in_one_line() {
    let out =
        Command::new(env!("CARGO_BIN_EXE_plumbline-app")).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").output().expect("it starts");
    let said = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("no screen") && out.stdout.is_empty(), "{said}");
}
