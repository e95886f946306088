#!/bin/sh
# Prints the commit that is checked out, from the files of .git alone; nothing
# where there are none.
set -eu
head=$(cat .git/HEAD 2>/dev/null) || exit 0
ref=${head#ref: }
if [ "$ref" = "$head" ]; then
  commit=$head
elif [ -f ".git/$ref" ]; then
  commit=$(cat ".git/$ref")
else
  commit=$(grep " $ref\$" .git/packed-refs 2>/dev/null | cut -d ' ' -f 1)
fi
printf '%.12s\n' "$commit"
