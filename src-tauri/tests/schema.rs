//! The schema that the window's types are made from is that of the program.

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Command;

/// Set to write the committed schema anew instead of comparing with it.
const BLESS_ENV: &str = "PLUMBLINE_BLESS";

#[test]
fn the_committed_schema_is_that_of_the_program() {
    // Without a screen: nothing is opened for this.
    let output = Command::new(env!("CARGO_BIN_EXE_plumbline-app")).arg("--schema").env_remove("DISPLAY").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let schema = String::from_utf8(output.stdout).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/app.schema.json");
    if std::env::var_os(BLESS_ENV).is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == schema, "schema/app.schema.json is out of date: run {BLESS_ENV}=1 cargo test -p plumbline-app --test schema");
}
