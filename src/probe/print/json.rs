//! For programs: one JSON object, the same whether it is printed or published.

use serde_json::{Map, Value, json};

use super::super::findings::{Cell, Findings, Row};

impl Findings {
    /// The findings as indented JSON with a line break at its end. Without `checked_at` it depends on
    /// the registry's answers alone.
    pub fn json(&self, checked_at: Option<&str>) -> String {
        let subject =
            |(name, version): &(String, String)| json!({"name": name, "version": version});
        let subjects: Vec<Value> = self.subjects.iter().map(subject).collect();
        let mut all = json!({
            "tool": concat!("mcp-static ", env!("CARGO_PKG_VERSION")),
            "baseUrl": self.base,
            "servers": self.servers,
            "lookedUp": subjects,
            "requests": self.requests,
            "clients": self.rows.iter().map(client).collect::<Vec<Value>>(),
            "notes": self.notes,
        });
        if let Some(at) = checked_at {
            all["checkedAt"] = json!(at);
        }
        format!("{all:#}\n")
    }
}

fn client(row: &Row) -> Value {
    let cells =
        row.cells().map(|(capability, found)| (capability.as_str().to_owned(), cell(found)));
    json!({
        "id": row.client.id,
        "name": row.client.name,
        "verdict": row.verdict().as_str(),
        "capabilities": cells.collect::<Map<String, Value>>(),
    })
}

/// A cell; the grade is null where nothing was tried.
fn cell(cell: &Cell) -> Value {
    let problem = |problem: &super::super::findings::Problem| {
        json!({
            "id": problem.trouble.id(),
            "grade": problem.grade.as_str(),
            "title": problem.trouble.title(),
            "request": problem.request,
            "detail": problem.detail,
            "fix": problem.trouble.fix(),
        })
    };
    json!({
        "grade": cell.grade.map(|grade| grade.as_str()),
        "problems": cell.problems.iter().map(problem).collect::<Vec<Value>>(),
    })
}
