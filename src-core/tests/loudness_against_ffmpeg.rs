//! Our loudness and true peak beside ffmpeg's (libebur128's algorithm, other code) on the demo song. ffmpeg prints
//! three decimals of loudness. (Its filter `loudnorm` is no oracle: it resamples first and reads up to 0.25 LU off.)

// Helpers of tests fail as tests do: by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use plumbline::audio::{Block, Layout};
use plumbline::measure::{loudness, true_peak};
use std::process::Command;

const TOLERANCE_LU: f64 = 0.02;
/// ffmpeg takes percentiles from a histogram by another rank rule: one window more or less on the steep loudness of this song.
const RANGE_TOLERANCE_LU: f64 = 0.15;
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

/// The last value that the filter `ebur128` left for a key: that of the whole file.
fn last(text: &str, key: &str) -> f64 {
    let value = text.lines().rev().find_map(|l| l.strip_prefix(key)?.strip_prefix('='));
    value.and_then(|v| v.trim().parse().ok()).unwrap_or_else(|| panic!("ffmpeg printed no {key}: {text}"))
}

#[test]
fn loudness_range_and_true_peak_agree_with_ffmpeg() {
    let folder = tempfile::tempdir().unwrap();
    for rate in [44_100, 48_000] {
        let (raw, channels) = song(rate, folder.path());
        let rate_text = rate.to_string();
        let output = ffmpeg(&[
            "-f",
            "f32le",
            "-ar",
            &rate_text,
            "-ac",
            "2",
            "-i",
            &raw.to_string_lossy(),
            "-af",
            "ebur128=metadata=1:peak=true,ametadata=mode=print:file=-",
            "-f",
            "null",
            "-",
        ]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let block = Block::from_channels(channels);
        let mut meter = loudness::Meter::new(rate, &Layout::stereo());
        meter.push(&block);
        let ours = meter.finish();
        let near = |what: &str, ours: f64, theirs: f64, tolerance: f64| {
            assert!((ours - theirs).abs() <= tolerance, "{what} at {rate}: {ours}, ffmpeg {theirs}");
        };
        near("integrated", ours.integrated.lufs(), last(&text, "lavfi.r128.I"), TOLERANCE_LU);
        near("range", ours.range.lu(), last(&text, "lavfi.r128.LRA"), RANGE_TOLERANCE_LU);
        let mut meter = true_peak::Meter::new(rate, &Layout::stereo());
        meter.push(&block);
        // The filter's metadata give a gain, its summary the level.
        let (ours, theirs) = (meter.finish().max.level.dbtp(), 20.0 * f64::log10(last(&text, "lavfi.r128.true_peak")));
        assert!(ours > theirs - TRUE_PEAK_BELOW_DB && ours < theirs + TRUE_PEAK_ABOVE_DB, "true peak {ours}, ffmpeg {theirs}");
    }
}
