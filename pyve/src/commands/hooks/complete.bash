# Completes the command line of pyve; pyve itself knows the candidates.
_pyve() {
    local IFS=$'\n'
    COMPREPLY=($("$1" completions --at "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null))
    COMPREPLY=("${COMPREPLY[@]%%$'\t'*}")
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -F _pyve pyve
