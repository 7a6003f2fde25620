//! Our loudness and true peak beside ffmpeg's (libebur128's algorithm, other code) on the demo song. ffmpeg prints
//! two decimals, so the tolerance holds half of the last.

use plumbline::audio::{Block, Layout};
use plumbline::measure::{loudness, true_peak};
use std::process::Command;

/// 0.02 LU of difference and 0.005 of ffmpeg's rounding.
const TOLERANCE_LU: f64 = 0.025;
/// ffmpeg computes the range from a histogram of 0.1 LU classes.
const RANGE_TOLERANCE_LU: f64 = 0.11;
/// ffmpeg measures true peak at 192 kHz: it reads up to 0.55 dB low and never high by more than its resampler's ripple.
const TRUE_PEAK_BELOW_DB: f64 = 0.1;
const TRUE_PEAK_ABOVE_DB: f64 = 0.55;

fn ffmpeg(arguments: &[&str]) -> std::process::Output {
    let output = Command::new("ffmpeg").args(["-hide_banner", "-nostats"]).args(arguments).output();
    output.expect("these tests need ffmpeg; ./test installs it")
}

/// Half a minute of rhythm with quiet and loud parts, made by ffmpeg itself, as raw float samples.
fn song(rate: u32, folder: &std::path::Path) -> (std::path::PathBuf, Vec<Vec<f32>>) {
    let raw = folder.join(format!("song-{rate}.f32"));
    let voice = "0.3*sin(2*PI*60*t)*exp(-5*mod(t,0.5))*(0.2+0.8*gt(mod(t,12),5))+0.12*sin(2*PI*440*t)*(1+sin(0.9*t))+0.2*(random(0)-0.5)*exp(-12*mod(t,0.25))";
    let source = format!("aevalsrc='{voice}|{}':s={rate}:d=31", voice.replace("440", "554").replace("random(0)", "random(1)"));
    let path = raw.to_string_lossy().into_owned();
    let made = ffmpeg(&["-y", "-f", "lavfi", "-i", &source, "-f", "f32le", &path]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let bytes = std::fs::read(&raw).unwrap();
    let samples: Vec<f32> = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let channel = |c: usize| samples.iter().skip(c).step_by(2).copied().collect();
    (raw, vec![channel(0), channel(1)])
}

/// A number from the JSON that the filter `loudnorm` prints.
fn printed(text: &str, key: &str) -> f64 {
    let line = text.lines().find(|l| l.contains(key)).unwrap_or_else(|| panic!("ffmpeg printed no {key}: {text}"));
    line.split('"').nth(3).and_then(|v| v.parse().ok()).unwrap_or_else(|| panic!("no number in {line}"))
}

#[test]
fn loudness_range_and_true_peak_agree_with_ffmpeg() {
    let folder = tempfile::tempdir().unwrap();
    for rate in [44_100, 48_000] {
        let (raw, channels) = song(rate, folder.path());
        let rate_text = rate.to_string();
        let output = ffmpeg(&[
            "-f", "f32le", "-ar", &rate_text, "-ac", "2", "-i", &raw.to_string_lossy(), "-af", "loudnorm=print_format=json", "-f", "null", "-",
        ]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let block = Block::from_channels(channels);
        let mut meter = loudness::Meter::new(rate, &Layout::stereo());
        meter.push(&block);
        let ours = meter.finish();
        let near = |what: &str, ours: f64, theirs: f64, tolerance: f64| {
            assert!((ours - theirs).abs() <= tolerance, "{what} at {rate}: {ours}, ffmpeg {theirs}");
        };
        near("integrated", ours.integrated.lufs(), printed(&text, "input_i"), TOLERANCE_LU);
        near("range", ours.range.lu(), printed(&text, "input_lra"), RANGE_TOLERANCE_LU);
        let mut meter = true_peak::Meter::new(rate, &Layout::stereo());
        meter.push(&block);
        let (ours, theirs) = (meter.finish().max.level.dbtp(), printed(&text, "input_tp"));
        assert!(ours > theirs - TRUE_PEAK_BELOW_DB && ours < theirs + TRUE_PEAK_ABOVE_DB, "true peak {ours}, ffmpeg {theirs}");
    }
}
