# Completes the command line of pyve; pyve itself knows the candidates.
_pyve() {
    local line
    COMPREPLY=()
    # Whatever the word typed leads to, it is the pyve on PATH that is asked: a checkout may bring one of its own. A file's
    # name is quoted, as it may hold what the shell would carry out.
    while IFS= read -r line; do
        printf -v line %q "${line%%$'\t'*}"
        COMPREPLY+=("$line")
    done < <(command pyve completions --at "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -F _pyve pyve
