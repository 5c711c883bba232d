# Checks of the structure of the sources, for ./dev test. Each function prints what is wrong; nothing where all is well.
# Sourced by ./dev, which has the lists of floors. The checks that need symbols read the objects below $BUILD.

# "file included" for each include of the project's own files.
includes() {
  git grep --untracked -E '^ *# *include "' -- '*.cc' '*.h' | sed -E 's/^([^:]+): *# *include "([^"]+)".*/\1 \2/'
}

# The includes between the rooms of folder $1 that do not lead downward. Its floors follow, from the ground: each a list
# of rooms, a room being a folder or a source with its header. A floor called -- begins a house of its own, beside any
# other; what stands before the first of them is the ground of all.
upward_includes() {
  local top=$1
  shift
  includes | awk -v top="$top" -v floors="$(printf '%s;' "$@")" '
    function room(path) {
      path = substr(path, length(top) + 2)
      if (path ~ /\//) { sub(/\/.*/, "", path) } else { sub(/\.[a-z]+$/, "", path) }
      return path
    }
    BEGIN {
      count = split(floors, floor, ";")
      for (i = 1; i <= count; i++) {
        if (floor[i] == "--") { house++; continue }
        rooms = split(floor[i], names, " ")
        for (j = 1; j <= rooms; j++) { height[names[j]] = i; in_house[names[j]] = house }
      }
    }
    index($1, top "/") == 1 {
      here = room($1)
      if (!(here in height)) { print $1 ": " here " is on no floor of " top "/"; next }
      if (index($2, top "/") != 1) next
      there = room($2)
      if (here == there || !(there in height)) next
      if ((in_house[there] && in_house[here] != in_house[there]) || height[there] >= height[here]) print $1 " includes " $2
    }' | LC_ALL=C sort -u
}

# Headers that include each other, over however many steps.
header_cycles() {
  includes | awk '$1 ~ /\.h$/ && $2 ~ /\.h$/' | tsort 2>&1 >/dev/null | sed 's/^tsort: //'
}

# Sources without a header of their name that are neither a program nor a test.
sources_without_header() {
  local source
  git ls-files -co --exclude-standard '*.cc' | while read -r source; do
    [[ -f $source && ! -f ${source%.cc}.h && $source != *_test.cc ]] || continue
    grep -qE '^int main\(' "$source" || printf '%s has no %s\n' "$source" "${source##*/}" | sed 's/cc$/h/'
  done
}

# Headers that no file includes.
dead_headers() {
  comm -23 <(git ls-files -co --exclude-standard '*.h' | while read -r header; do [[ ! -f $header ]] || echo "$header"; done |
    LC_ALL=C sort) <(includes | cut -d' ' -f2 | LC_ALL=C sort -u)
}

# Folders of headers or of the API's definitions that no README.md explains.
unexplained_folders() {
  git ls-files -co --exclude-standard '*.h' '*.proto' | sed 's#/[^/]*$##' | LC_ALL=C sort -u | while read -r folder; do
    [[ ! -d $folder || -f $folder/README.md ]] || printf '%s has no README.md\n' "$folder"
  done
}

# Sources of any kind that are longer than $1 lines.
long_files() {
  local lines=$1
  git ls-files -co --exclude-standard '*.cc' '*.h' '*.proto' '*.sh' dev | while read -r file; do
    [[ -f $file ]] && awk -v most="$lines" -v file="$file" 'END { if (NR > most) print file ": " NR " lines" }' "$file"
  done
}

# "object source" for each object whose source is still there.
objects() {
  find "$BUILD" -name '*.cc.o' -not -path '*/generated/*' |
    sed -nE "s#^($BUILD/(.+)/CMakeFiles/[^/]+\\.dir/(.+)\\.o)\$#\\1 \\2/\\3#p" |
    while read -r object source; do [[ ! -f $source ]] || printf '%s %s\n' "$object" "$source"; done
}

# "source symbol name" in $BUILD/structure/defined, for the functions and variables that each source defines for others,
# by their mangled names and their plain ones; in $BUILD/structure/used the symbols that any object needs. Anew after
# every build.
read_symbols() {
  local symbols=$BUILD/structure
  [[ $symbols/used -nt $BUILD/.ninja_log ]] && return
  mkdir -p "$symbols"
  objects >"$symbols/objects"
  cut -d' ' -f1 "$symbols/objects" | xargs nm -A -g --defined-only | awk -v objects="$symbols/objects" '
    BEGIN { while ((getline line < objects) > 0) { split(line, part, " "); source[part[1]] = part[2] } }
    $2 ~ /[TBDR]/ { sub(/:[^:]*$/, "", $1); print source[$1], $3 }' >"$symbols/mangled"
  cut -d' ' -f2 "$symbols/mangled" | c++filt |
    sed -E 's/\[abi:[a-z0-9]+\]//g; s/^(vtable|typeinfo|VTT|guard).*/-/; s/operator.*/operator/; s/\(.*//; s/ /_/g' |
    paste -d' ' "$symbols/mangled" - | awk '$3 != "-" && $3 ~ /::/ && $3 !~ /operator/' >"$symbols/defined"
  cut -d' ' -f1 "$symbols/objects" | xargs nm -u | awk '$1 == "U" { print $2 }' | LC_ALL=C sort -u >"$symbols/used"
}

# What one source defines for others and its own header does not declare: nobody looks for it in another's. A class that
# stands in the source itself declares its own.
declared_elsewhere() {
  read_symbols
  awk '{ name = $3; sub(/.*::~?/, "", name); scope = $3; sub(/::~?[^:]*$/, "", scope); sub(/.*::/, "", scope)
      print $1, name, scope }' "$BUILD/structure/defined" | LC_ALL=C sort -u | awk '
    function text_of(file,  line) {  # its words, each between blanks
      if (!(file in text)) {
        text[file] = ""
        while ((getline line < file) > 0) {
          gsub(/[^A-Za-z0-9_]+/, " ", line)
          text[file] = text[file] " " line " "
        }
        close(file)
      }
      return text[file]
    }
    {
      header = $1
      sub(/\.cc$/, ".h", header)
      declared = text_of(header)
      if (declared == "" || index(declared, " " $2 " ")) next
      if (text_of($1) ~ " (class|struct) ([A-Za-z]+ )*" $3 " ") next
      print $1 " defines " $2 ", which " header " does not declare"
    }'
}

# What is declared for others and that no other source uses: it is dead, or belongs to its only user.
unused_declarations() {
  local symbols=$BUILD/structure
  read_symbols
  # How often each word stands in the sources, without their comments.
  git ls-files -co --exclude-standard '*.cc' '*.h' | xargs sed -E 's#//.*##' 2>/dev/null |
    grep -oE '[A-Za-z_][A-Za-z0-9_]*' | LC_ALL=C sort | uniq -c | awk '{ print $2, $1 }' >"$symbols/words"
  awk -v words="$symbols/words" -v used="$symbols/used" '
    BEGIN {
      while ((getline line < words) > 0) { split(line, part, " "); count[part[1]] = part[2] }
      while ((getline line < used) > 0) wanted[line] = 1
    }
    {
      name = $3
      sub(/.*::~?/, "", name)
      scope = $3
      sub(/::~?[^:]*$/, "", scope)
      key = $1 " " name  # overloads stand together
      if ($2 in wanted) { needed[key] = 1; next }
      if (count[name] <= 2) print $1 ": " name " is used by nobody"
      else if (scope !~ /[A-Z]/) alone[key] = $1 ": " name " is used by no other source"
    }
    END {
      for (key in alone) if (!(key in needed)) print alone[key]
    }' "$symbols/defined" | LC_ALL=C sort -u
  # Constants and types of headers whose name is said nowhere else.
  git ls-files -co --exclude-standard '*.h' | xargs grep -HoE '^[^/]*' 2>/dev/null |
    grep -oE '^[^:]*:|\b(constexpr [^=;({]*|struct |class |enum class )[A-Z]?k?[A-Z][A-Za-z0-9]*' | awk -v words="$symbols/words" '
      BEGIN { while ((getline line < words) > 0) { split(line, part, " "); count[part[1]] = part[2] } }
      /:$/ { header = substr($0, 1, length($0) - 1); next }
      count[$NF] == 1 { print header ": " $NF " is used by nobody" }'
}
