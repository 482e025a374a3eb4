import java.math.BigDecimal;
import java.math.BigInteger;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads and writes values in the notation of the tables: see tests/scripting/cases/README.md. */
final class Values {
    private final String text;
    private int at;

    private Values(String text) {
        this.text = text;
    }

    /** The bindings of a line such as {@code x = 3L, list = [1, "b"]}. */
    static Map<String, Object> bindings(String line) throws Exception {
        Map<String, Object> found = new LinkedHashMap<>();
        Values reader = new Values(line);
        reader.space();
        while (reader.at < line.length()) {
            String name = reader.name();
            reader.expect('=');
            found.put(name, reader.value());
            reader.skip(',');
        }
        return found;
    }

    private void space() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean skip(char wanted) {
        space();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            space();
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!skip(wanted)) {
            throw new IllegalArgumentException("expected " + wanted + " at " + at + " in " + text);
        }
    }

    private String name() {
        space();
        int start = at;
        while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
            at++;
        }
        String found = text.substring(start, at);
        space();
        return found;
    }

    private Object value() throws Exception {
        space();
        char letter = text.charAt(at);
        if (letter == '"' || letter == '\'') {
            String found = quoted(letter);
            return letter == '"' ? found : (Object) found.charAt(0);
        }
        if (letter == '-' || Character.isDigit(letter)) {
            return number();
        }
        if (skip('[')) {
            return items(new ArrayList<>(), ']');
        }
        if (skip('@')) {
            return new Date(Long.parseLong(digits()));
        }
        if (skip('#')) {
            expect('{');
            return items(new LinkedHashSet<>(), '}');
        }
        if (skip('{')) {
            return pairs();
        }
        String word = name();
        switch (word) {
            case "true":
                return true;
            case "false":
                return false;
            case "null":
                return null;
            default:
                return structure(word);
        }
    }

    private Object structure(String word) throws Exception {
        if (skip('[')) {
            expect(']');
            expect('{');
            return array(word, (List<?>) items(new ArrayList<>(), '}'));
        }
        expect('{');
        Object made = Class.forName(word).getDeclaredConstructor().newInstance();
        for (Map.Entry<Object, Object> entry : pairs().entrySet()) {
            made.getClass().getField(entry.getKey().toString()).set(made, entry.getValue());
        }
        return made;
    }

    private static Object array(String word, List<?> items) {
        Class<?> component = word.equals("int") ? int.class
                : word.equals("String") ? String.class : Object.class;
        Object made = Array.newInstance(component, items.size());
        for (int i = 0; i < items.size(); i++) {
            Array.set(made, i, items.get(i));
        }
        return made;
    }

    private Collection<Object> items(Collection<Object> made, char end) throws Exception {
        while (!skip(end)) {
            made.add(value());
            skip(',');
        }
        return made;
    }

    private Map<Object, Object> pairs() throws Exception {
        Map<Object, Object> made = new LinkedHashMap<>();
        while (!skip('}')) {
            Object key = Character.isLetter(text.charAt(at)) ? name() : value();
            expect(':');
            made.put(key, value());
            skip(',');
        }
        return made;
    }

    private String quoted(char quote) {
        StringBuilder found = new StringBuilder();
        at++;
        while (text.charAt(at) != quote) {
            char letter = text.charAt(at++);
            if (letter == '\\') {
                letter = text.charAt(at++);
                if (letter == 'u') {
                    letter = (char) Integer.parseInt(text.substring(at, at + 4), 16);
                    at += 4;
                } else {
                    letter = letter == 'n' ? '\n' : letter == 't' ? '\t' : letter;
                }
            }
            found.append(letter);
        }
        at++;
        return found.toString();
    }

    private String digits() {
        int start = at;
        while (at < text.length() && "+-.0123456789E".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return text.substring(start, at);
    }

    private Object number() {
        String found = digits();
        char mark = at < text.length() ? text.charAt(at) : ' ';
        at++;
        switch (mark) {
            case 'L':
                return Long.valueOf(found);
            case 'f':
                return Float.valueOf(found);
            case 's':
                return Short.valueOf(found);
            case 'b':
                return Byte.valueOf(found);
            case 'B':
                return new BigDecimal(found);
            case 'I':
                return new BigInteger(found);
            default:
                at--;
                if (found.contains(".") || found.contains("E")) {
                    return Double.valueOf(found);
                }
                return Integer.valueOf(found);
        }
    }

    /** A value in the notation of the tables. */
    static String write(Object value) throws Exception {
        if (value == null || value instanceof Boolean || value instanceof Integer
                || value instanceof Double) {
            return String.valueOf(value);
        }
        if (value instanceof Number) {
            String marks = "Long:L Float:f Short:s Byte:b BigDecimal:B BigInteger:I";
            for (String mark : marks.split(" ")) {
                if (mark.startsWith(value.getClass().getSimpleName() + ":")) {
                    return value + mark.substring(mark.indexOf(':') + 1);
                }
            }
        }
        if (value instanceof Character) {
            return "'" + value + "'";
        }
        if (value instanceof CharSequence) {
            return quote(value.toString());
        }
        if (value instanceof Date) {
            return "@" + ((Date) value).getTime();
        }
        return structured(value);
    }

    private static String structured(Object value) throws Exception {
        List<String> parts = new ArrayList<>();
        if (value instanceof Map) {
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                Object key = entry.getKey();
                parts.add(write(key) + ": " + write(entry.getValue()));
            }
            return "{" + String.join(", ", new TreeSet<>(parts)) + "}";
        }
        if (value.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(value); i++) {
                parts.add(write(Array.get(value, i)));
            }
            return "[" + String.join(", ", parts) + "]";
        }
        if (value instanceof Collection) {
            for (Object item : (Collection<?>) value) {
                parts.add(write(item));
            }
            return value instanceof Set ? "#{" + String.join(", ", new TreeSet<>(parts)) + "}"
                    : "[" + String.join(", ", parts) + "]";
        }
        if (value instanceof Class) {
            return "class " + ((Class<?>) value).getName();
        }
        return "a " + value.getClass().getName();
    }

    private static String quote(String value) {
        StringBuilder made = new StringBuilder("\"");
        for (char letter : value.toCharArray()) {
            if (letter == '"' || letter == '\\') {
                made.append('\\').append(letter);
            } else if (letter == '\n') {
                made.append("\\n");
            } else if (letter == '\t') {
                made.append("\\t");
            } else if (letter < ' ' || letter > '~') {
                made.append(String.format("\\u%04x", (int) letter));
            } else {
                made.append(letter);
            }
        }
        return made.append('"').toString();
    }
}
