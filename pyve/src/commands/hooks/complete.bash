# Completes the command line of pyve; pyve itself knows the candidates.
_pyve() {
    local line typed='' at=0 i words=()
    COMPREPLY=()
    # Bash takes --env=dev apart at the sign, and puts what is offered behind it.
    for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
        if ((i)) && [[ ${words[${#words[@]} - 1]} == --* && (${COMP_WORDS[i]} == = || ${COMP_WORDS[i - 1]} == =) ]]; then
            words[${#words[@]} - 1]+=${COMP_WORDS[i]}
            ((i != COMP_CWORD)) || typed=${words[${#words[@]} - 1]%%=*}=
        else
            words+=("${COMP_WORDS[i]}")
        fi
        ((i != COMP_CWORD)) || at=$((${#words[@]} - 1))
    done
    # Whatever the word typed leads to, it is the pyve on PATH that is asked: a checkout may bring one of its own. A file's
    # name is quoted, as it may hold what the shell would carry out.
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        printf -v line %q "${line#"$typed"}"
        COMPREPLY+=("$line")
    done < <(command pyve completions --at "$at" "${words[@]}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -F _pyve pyve
