#compdef pyve
# Completes the command line of pyve; pyve itself knows the candidates.
_pyve() {
    local -a lines folders others
    # The pyve on PATH is asked, not one that a checkout brings.
    lines=("${(@f)$(command pyve completions --at $((CURRENT - 1)) "${(@Q)words}" 2>/dev/null)}")
    lines=("${(@)lines//:/\\:}")
    lines=("${(@)lines/$'\t'/:}")
    lines=(${lines:#})
    folders=(${(M)lines:#*/})
    others=(${lines:#*/})
    [[ -n $folders ]] && _describe -V 'directory' folders -S ''
    [[ -n $others ]] && _describe -V 'value' others
}
if [[ $funcstack[1] == _pyve ]]; then
    _pyve "$@"
else
    compdef _pyve pyve
fi
