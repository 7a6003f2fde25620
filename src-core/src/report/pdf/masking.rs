//! Stems on paper.

use super::flow::{Align, BODY, Column, Flow, LEFT, RIGHT, STRONG};
use super::sheet::{Look, look};
use super::text::Cut;
use crate::report::chart::{Charts, ink};
use crate::report::story_masking::{MOVES, MaskingStory, RESULTS};

/// Pictures, the sum of the stems, moves and what they brought.
pub(super) fn draw(flow: &mut Flow<'_>, story: Option<&MaskingStory>, charts: &Charts) {
    for chart in charts.masking.iter().chain(&charts.matrix) {
        flow.chart(chart);
    }
    let Some(m) = story else { return };
    if let Some(sum) = &m.sum {
        flow.paragraph(LEFT, RIGHT, sum, BODY, 17.0);
    }
    rows(flow, "Moves on stems", &MOVES, [1.3, 1.7, 3.0, 0.7], &m.moves);
    rows(flow, "Measured after", &RESULTS, [2.0, 1.0, 1.0, 1.0], &m.results);
    for text in m.together.iter().chain(&m.beyond) {
        flow.paragraph(LEFT, RIGHT, text, BODY, 17.0);
    }
}

fn rows(flow: &mut Flow<'_>, title: &str, head: &[&'static str; 4], shares: [f64; 4], rows: &[[String; 4]]) {
    if rows.is_empty() {
        return;
    }
    flow.heading(title, "", 60.0);
    let plain = look(Cut::Regular, 11.0, ink::T2);
    let columns: Vec<Column<'_>> = head
        .iter()
        .zip(shares)
        .enumerate()
        .map(|(i, (head, share))| Column {
            head,
            share,
            align: Align::Left,
            look: if i == 0 { Look { size: 11.0, ..STRONG } } else { plain },
        })
        .collect();
    flow.table(&columns, &rows.iter().map(|r| r.to_vec()).collect::<Vec<_>>());
}
