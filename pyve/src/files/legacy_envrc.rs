//! An `.envrc` that the bash pyve wrote, without marks: its lines make place for the block, the user's stay.

use super::marked_block::{self, Position, lines};

/// What a line is to the bash pyve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Line {
    /// It enters the environment: the file is the bash pyve's.
    Enters,
    /// It comes with one that does.
    Belongs,
    /// The beginning of an `if`.
    Opens,
    Closes,
    Blank,
    Foreign,
}

/// The text with the lines of the bash pyve replaced by a block with `body`, every other byte as it
/// was; `None` where it has none of them, or a block already.
pub fn taken_over(text: &[u8], body: &[u8]) -> Option<Vec<u8>> {
    if !matches!(marked_block::find(text), Ok(None)) {
        return None;
    }
    let lines: Vec<(usize, &[u8])> = lines(text).collect();
    let ours = recognised(&lines.iter().map(|(_, line)| kind(line)).collect::<Vec<_>>())?;
    let mut rest = Vec::new();
    let mut place = None;
    for (index, (at, _)) in lines.iter().enumerate() {
        let end = lines.get(index + 1).map_or(text.len(), |(next, _)| *next);
        if ours[index] {
            place.get_or_insert(rest.len());
        } else {
            rest.extend(&text[*at..end]);
        }
    }
    marked_block::put(Some(&rest), body, Position::At(place?)).ok()
}

/// Which lines are the bash pyve's; `None` where no line enters an environment.
fn recognised(kinds: &[Line]) -> Option<Vec<bool>> {
    let mut ours = vec![false; kinds.len()];
    let mut entered = false;
    let mut index = 0;
    while index < kinds.len() {
        let end = end_of_group(kinds, index);
        if let Some(end) = end {
            ours[index..end].fill(true);
            entered |= kinds[index..end].contains(&Line::Enters);
        }
        index = end.unwrap_or_else(|| behind(kinds, index));
    }
    // Blank lines between two of its lines are its own too.
    let mut last = None;
    for index in 0..kinds.len() {
        if ours[index] {
            if let Some(last) = last.filter(|last| kinds[last + 1..index].iter().all(|kind| *kind == Line::Blank)) {
                ours[last..index].fill(true);
            }
            last = Some(index);
        }
    }
    entered.then_some(ours)
}

/// Where the line, or the whole `if` that begins here, ends; `None` where anything in it is foreign.
fn end_of_group(kinds: &[Line], start: usize) -> Option<usize> {
    match kinds[start] {
        Line::Enters | Line::Belongs => Some(start + 1),
        Line::Opens => {
            let inner =
                kinds[start + 1..].iter().take_while(|kind| matches!(kind, Line::Enters | Line::Belongs | Line::Blank));
            let end = start + 1 + inner.count();
            (kinds.get(end) == Some(&Line::Closes)).then_some(end + 1)
        }
        _ => None,
    }
}

/// Where to go on behind a line that is not the bash pyve's; an `if` with foreign lines in it is left as a whole.
fn behind(kinds: &[Line], start: usize) -> usize {
    if kinds[start] != Line::Opens {
        return start + 1;
    }
    kinds[start..].iter().position(|kind| *kind == Line::Closes).map_or(start + 1, |end| start + end + 1)
}

fn kind(line: &[u8]) -> Line {
    let Ok(line) = std::str::from_utf8(line) else { return Line::Foreign };
    let line = line.trim();
    match line {
        "" => return Line::Blank,
        "fi" => return Line::Closes,
        "# pyve-managed direnv configuration" | "# Add environment bin to PATH" => return Line::Belongs,
        "# Update prompt to show backend and environment" => return Line::Belongs,
        _ => {}
    }
    if is_condition(line) {
        Line::Opens
    } else if enters(line) {
        Line::Enters
    } else if belongs(line) {
        Line::Belongs
    } else {
        Line::Foreign
    }
}

const FOLDERS: &[&str] = &["VENV_DIR", "ENV_PATH"];

fn is_condition(line: &str) -> bool {
    let Some(test) = line.strip_prefix("if [[ ").and_then(|rest| rest.strip_suffix(" ]]; then")) else { return false };
    let folder = |name: &str| test == format!("-d \"${name}\"");
    ["-f \".env\"", "-f .env"].contains(&test) || FOLDERS.iter().any(|name| folder(name))
}

fn enters(line: &str) -> bool {
    if let Some(value) = line.strip_prefix("export VIRTUAL_ENV=") {
        return is_folder(unquoted(value));
    }
    if let Some(value) = line.strip_prefix("export PATH=") {
        return unquoted(value).strip_suffix("/bin:$PATH").is_some_and(is_folder);
    }
    if let Some(value) = line.strip_prefix("PATH_add ") {
        return unquoted(value).strip_suffix("/bin").is_some_and(is_folder);
    }
    let script = line.strip_prefix("source ").or_else(|| line.strip_prefix(". "));
    script.and_then(|value| unquoted(value).strip_suffix("/bin/activate")).is_some_and(is_folder)
}

fn belongs(line: &str) -> bool {
    let words = ["dotenv", "dotenv .env", "dotenv_if_exists", "dotenv_if_exists .env"];
    let tests = ["[[ -f \".env\" ]] && ", "[[ -f .env ]] && ", "[ -f \".env\" ] && ", "[ -f .env ] && "];
    let loads = tests.iter().find_map(|test| line.strip_prefix(test)).unwrap_or(line);
    let prompt = line.strip_prefix("export PS1=\"(").and_then(|rest| rest.strip_suffix(") $PS1\""));
    let said = |name: &str| line.strip_prefix(name).is_some_and(|value| is_plain(unquoted(value)));
    words.contains(&loads)
        || prompt.is_some_and(|shown| shown.contains(':') && !shown.contains(['"', '\\', '`']) && !shown.contains("$("))
        || ["VENV_DIR=", "ENV_PATH=", "ENV_NAME="].into_iter().any(said)
        || ["export PYVE_BACKEND=", "export PYVE_ENV_NAME=", "export PYVE_PROMPT_PREFIX="].into_iter().any(said)
        || (line.starts_with("# Activate")
            && (line.ends_with(" environment and loads .env") || line.ends_with(" environment")))
}

fn unquoted(value: &str) -> &str {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// A folder as the bash pyve wrote it: plain letters, below the project or absolute.
fn is_folder(text: &str) -> bool {
    let known = ["$PWD/", "$(pwd)/", "${PWD}/"];
    let rest = known.iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
    let variable = ["$VIRTUAL_ENV", "$VENV_DIR", "$ENV_PATH", "${VIRTUAL_ENV}"].contains(&rest);
    variable || (!rest.is_empty() && rest.chars().all(|letter| letter.is_alphanumeric() || "._-/ ".contains(letter)))
}

fn is_plain(text: &str) -> bool {
    !text.contains(['"', '\'', '`', '\\', ';', '&', '|']) && !text.contains("$(")
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str = "# >>> pyve >>>\nnew\n# <<< pyve <<<\n";

    fn taken(text: &str) -> Option<String> {
        taken_over(text.as_bytes(), b"new").map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn every_form_of_the_bash_tool_is_known() {
        for text in [
            "export VIRTUAL_ENV=\"$(pwd)/.e\"\nexport PATH=\"$(pwd)/.e/bin:$PATH\"\n",
            "export VIRTUAL_ENV=\"$PWD/.e\"\nPATH_add \".e/bin\"\nexport PS1=\"(b:${PWD##*/}) $PS1\"\n[[ -f \".env\" ]] && dotenv\n",
            "export VIRTUAL_ENV=.e\nexport PATH=\".e/bin:$PATH\"\n[ -f .env ] && dotenv",
            "export PATH=\"$VIRTUAL_ENV/bin:$PATH\"\r\n",
            "# pyve-managed direnv configuration\n# Activates Python virtual environment and loads .env\n\n\
             VENV_DIR=\".e\"\n\nif [[ -d \"$VENV_DIR\" ]]; then\n    source \"$VENV_DIR/bin/activate\"\n\
             \x20   export PYVE_PROMPT_PREFIX=\"(b:p) \"\nfi\n\nif [[ -f \".env\" ]]; then\n    dotenv\nfi\n",
        ] {
            assert_eq!(taken(text).as_deref(), Some(BLOCK), "{text}");
        }
    }

    #[test]
    fn every_other_byte_stays() {
        let text = "# mine\n\nexport VIRTUAL_ENV=\"$PWD/.e\"\nexport TOKEN='a b'\n\nexport PATH=\".e/bin:$PATH\"\n\
                    export PATH=\"$HOME/go/bin:$PATH\"\nif [[ -f \".env\" ]]; then\n  echo mine\n  dotenv\nfi\nlast";
        let wanted = "# mine\n\n# >>> pyve >>>\nnew\n# <<< pyve <<<\nexport TOKEN='a b'\n\n\
                      export PATH=\"$HOME/go/bin:$PATH\"\nif [[ -f \".env\" ]]; then\n  echo mine\n  dotenv\nfi\nlast";
        assert_eq!(taken(text).unwrap(), wanted);
    }

    #[test]
    fn what_the_user_wrote_is_not_the_tools() {
        assert_eq!(taken(""), None);
        assert_eq!(taken("dotenv\nexport PS1=\"(a:b) $PS1\"\n"), None);
        assert_eq!(taken("layout python\nexport PATH=\"$HOME/bin:$PATH\"\n"), None);
        assert_eq!(taken("export VIRTUAL_ENV=\"$(id)/.e\"\n"), None);
        assert_eq!(taken("source .e/bin/activate && echo mine\n"), None);
        assert_eq!(taken(&format!("export VIRTUAL_ENV=.e\n{BLOCK}")), None);
    }

    #[test]
    fn text_that_is_no_unicode_and_windows_line_endings_stay() {
        let text = b"export A='\xff'\r\nexport VIRTUAL_ENV=.e\r\n";
        let wanted = b"export A='\xff'\r\n# >>> pyve >>>\r\nnew\r\n# <<< pyve <<<\r\n";
        assert_eq!(taken_over(text, b"new").unwrap(), wanted);
    }
}
