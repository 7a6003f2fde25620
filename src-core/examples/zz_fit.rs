use plumbline::propose::eq_fit::*;
use std::io::BufRead;
fn main() {
    let mut a = std::env::args().skip(1);
    let n: usize = a.next().unwrap().parse().unwrap();
    let free = a.next().unwrap();
    let mut acc: std::collections::BTreeMap<String, Vec<(f64, f64, f64, usize)>> = Default::default();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let mut it = line.split(' ');
        let kind = it.next().unwrap().to_string();
        let (f, g): (Vec<f64>, Vec<f64>) = it.map(|p| { let (a, b) = p.split_once(':').unwrap(); (a.parse::<f64>().unwrap(), b.parse::<f64>().unwrap()) }).unzip();
        let w = vec![1.0; f.len()];
        let mut o = FitOptions::new(44100.0);
        o.max_bands = n;
        if free.contains('p') { o.pays_db = 0.0; o.enough_db = 0.0; }
        if free.contains('q') { o.max_boost_q = 8.0; o.max_cut_q = 8.0; o.max_slope_db_oct = 60.0; o.max_gain_db = 24.0; }
        let t = std::time::Instant::now();
        let r = fit(&Target { freq_hz: f, gain_db: g, weight: w }, &o).unwrap();
        let ms = t.elapsed().as_secs_f64() * 1e3;
        if free.contains('v') && kind == "smooth3" { println!("{} {:.3}", r.bands.len(), r.rms_db); for b in &r.bands { println!("   {:?} {:.1} {:.2} {:.3}", b.kind, b.freq_hz, b.gain_db, b.q); } }
        acc.entry(kind).or_default().push((r.rms_db, r.residual_db.iter().fold(0.0, |m, x| f64::max(m, x.abs())), ms, r.bands.len()));
    }
    for (k, v) in acc {
        let n = v.len() as f64;
        println!("{k:8} rms mean {:.3} worst {:.3} max mean {:.2} worst {:.2}  ms mean {:.1} worst {:.1} bands {:.1}", v.iter().map(|x| x.0).sum::<f64>() / n, v.iter().map(|x| x.0).fold(0.0, f64::max), v.iter().map(|x| x.1).sum::<f64>() / n, v.iter().map(|x| x.1).fold(0.0, f64::max), v.iter().map(|x| x.2).sum::<f64>() / n, v.iter().map(|x| x.2).fold(0.0, f64::max), v.iter().map(|x| x.3 as f64).sum::<f64>() / n);
    }
}
