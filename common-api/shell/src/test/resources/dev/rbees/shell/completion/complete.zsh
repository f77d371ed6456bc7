# complete.zsh SCRIPT LINE: has a zsh at a terminal complete a line, and prints the words that it offers
zmodload zsh/zpty
folder=$(mktemp -d) || exit 1
cat > $folder/start <<END
autoload -Uz compinit; compinit -u -D
source $1
compadd() { local -a offered; builtin compadd -O offered "\$@"; print -rl -- \$offered >> $folder/words; builtin compadd "\$@"; }
finish() { BUFFER=; print FIN''ISHED; zle reset-prompt; }
zle -N finish; bindkey '^X' finish
print REA''DY
END
await() { local all line; while [[ $all != *$1* ]]; do zpty -r shell line || exit 1; all+=$line; done; }
zpty shell zsh -f -i
zpty -w shell "source $folder/start"
await READY
: > $folder/words
zpty -w -n shell "$2"$'\t'$'\C-x'
await FINISHED
cat $folder/words
zpty -d shell
rm -r $folder
