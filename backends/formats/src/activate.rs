//! What a virtual environment's own `activate` script says: where it was made, and its prompt.

use std::path::{Path, PathBuf};

use crate::read::{self, Limit};
use crate::scripts::PROGRAMS;
use crate::shell_word;

/// The values that `activate` would export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activate {
    /// `VIRTUAL_ENV`: the folder it was made in.
    pub folder: Option<PathBuf>,
    /// `VIRTUAL_ENV_PROMPT`; `None` for the Pythons whose script does not set it (3.9 and before).
    pub prompt: Option<String>,
}

/// Where the script of the environment at `prefix` is.
pub fn script(prefix: &Path) -> PathBuf {
    prefix.join(PROGRAMS).join("activate")
}

impl Activate {
    /// Reads the script of the environment at `prefix`; all unknown if there is none.
    pub fn read(prefix: &Path) -> Self {
        let bytes = read::bytes(script(prefix), Limit::SCRIPT).ok().flatten().unwrap_or_default();
        let found = Self::parse(&String::from_utf8_lossy(&bytes));
        let fallback = || prefix.file_name().map(|name| name.to_string_lossy().into_owned());
        // Where a script computes its prompt (virtualenv, uv), it computes the folder's name.
        let prompt = found.prompt.map(|prompt| if prompt.is_empty() { fallback().unwrap_or_default() } else { prompt });
        Self { prompt, ..found }
    }

    fn parse(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(index, _)| index + 1));
        let values = |name: &'static str| {
            starts.clone().filter_map(move |start| {
                let line = text[start..].trim_start_matches([' ', '\t']);
                line.strip_prefix("export ").unwrap_or(line).strip_prefix(name)?.strip_prefix('=').map(word)
            })
        };
        let folder = values("VIRTUAL_ENV").filter_map(literal).map(PathBuf::from).find(|path| path.is_absolute());
        let mut prompts = values("VIRTUAL_ENV_PROMPT").map(|value| literal(value).unwrap_or_default()).peekable();
        let prompt = prompts.peek().cloned().map(|first| prompts.find(|prompt| !prompt.is_empty()).unwrap_or(first));
        Self { folder, prompt }
    }
}

/// The word that a text begins with: to the end of the line, or of that in which its quotes are closed.
fn word(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default().trim_end();
    let mut quote = None;
    for (index, letter) in text.char_indices() {
        match quote {
            None if letter == '\n' => return text[..index].trim_end(),
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            // A folder with a quote in its name, pasted in by an older Python: the line is all of it.
            Some('"') if letter == '\n' && line.len() > 1 && line.starts_with('"') && line.ends_with('"') => {
                return line;
            }
            Some(open) if open == letter => quote = None,
            _ => {}
        }
    }
    if quote.is_none() { text.trim_end() } else { line }
}

/// The text of a quoted word; `None` for what a shell would have to compute.
fn literal(word: &str) -> Option<String> {
    if let Some(text) = word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        // Older Pythons paste the folder in as it is. A computed text does not begin with a folder.
        return (!text.starts_with("$(")).then(|| text.to_owned());
    }
    // Newer ones quote as Python's shlex does: 'it'"'"'s'.
    let (text, rest) = shell_word::literal(word.as_bytes())?;
    String::from_utf8(text).ok().filter(|_| rest.is_empty())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Option<String>, Option<String>) {
        let found = Activate::parse(text);
        (found.folder.map(|folder| folder.display().to_string()), found.prompt)
    }

    #[test]
    fn every_generation_of_the_script_is_read() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parse("VIRTUAL_ENV=\"/p/x y$a/.venv\"\nexport VIRTUAL_ENV\n"), (some("/p/x y$a/.venv"), None));
        let python_3_11 = "unset VIRTUAL_ENV_PROMPT\nVIRTUAL_ENV=\"/p/.venv\"\n    VIRTUAL_ENV_PROMPT=\"(.venv) \"\n";
        assert_eq!(parse(python_3_11), (some("/p/.venv"), some("(.venv) ")));
        let python_3_13 = "VIRTUAL_ENV=$(cygpath '/p/it'\"'\"'s/.venv')\nexport VIRTUAL_ENV='/p/it'\"'\"'s/.venv'\n\
                           VIRTUAL_ENV_PROMPT=.venv\n";
        assert_eq!(parse(python_3_13), (some("/p/it's/.venv"), some(".venv")));
        let virtualenv =
            "VIRTUAL_ENV='/p/.venv'\nVIRTUAL_ENV_PROMPT=\"\"\nVIRTUAL_ENV_PROMPT=$(basename \"$VIRTUAL_ENV\")\n";
        assert_eq!(parse(virtualenv), (some("/p/.venv"), some("")));
        assert_eq!(parse("VIRTUAL_ENV=\"$(cd x; pwd)\"\n"), (None, None));
        let line_break = "VIRTUAL_ENV='/p/it'\"'\"'s\nx/.venv'\n    export VIRTUAL_ENV_PROMPT=.venv\n";
        assert_eq!(parse(line_break), (some("/p/it's\nx/.venv"), some(".venv")));
        assert_eq!(parse("VIRTUAL_ENV=\"/p/a\"b/.venv\"\nx=\"\"\n"), (some("/p/a\"b/.venv"), None));
    }
}
