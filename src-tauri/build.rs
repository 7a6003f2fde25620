//! Embeds the built interface.

use std::path::Path;

fn main() {
    let page = Path::new("../ui/dist/index.html");
    println!("cargo:rerun-if-changed={}", page.display());
    if std::env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some() && !page.is_file() {
        eprintln!(
            "the interface has not been built: run `npm ci && npm run build` in ui/ (or ./plumb app, which does both), then build again"
        );
        std::process::exit(1);
    }
    tauri_build::build();
}
