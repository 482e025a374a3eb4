package clients;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Runs checks one after the other, says what came of each, and counts. */
final class Report {

    /** Something that may fail. */
    interface Check {
        void run() throws Exception;
    }

    private final List<String> failures = new ArrayList<>();
    private int passed;

    /** One check by name; a failure is told and does not stop those after it. */
    void check(String name, Check check) {
        try {
            check.run();
            passed++;
            System.out.println("  ok    " + name);
        } catch (Throwable failure) {
            failures.add(name);
            System.out.println("  FAIL  " + name + ": " + told(failure));
        }
    }

    /** Fails unless both are equal; arrays and numbers of different classes are compared strictly. */
    static void equal(Object expected, Object found) {
        if (!Objects.deepEquals(expected, found)) {
            throw new AssertionError("expected " + shown(expected) + ", found " + shown(found));
        }
    }

    static void holds(boolean condition, String expectation) {
        if (!condition) {
            throw new AssertionError("expected " + expectation);
        }
    }

    /** The error that something ends with; its simple class name must be one of those given. */
    static Throwable fails(Check check, String... classes) {
        try {
            check.run();
        } catch (Throwable failure) {
            String name = failure.getClass().getSimpleName();
            holds(classes.length == 0 || Arrays.asList(classes).contains(name),
                    "one of " + Arrays.toString(classes) + ", found " + told(failure));
            return failure;
        }
        throw new AssertionError("expected a failure, but it went well");
    }

    /** The last line; true if nothing failed. */
    boolean close(String client) {
        System.out.println(client + ": " + passed + " passed, " + failures.size() + " failed"
                + (failures.isEmpty() ? "" : ": " + failures));
        return failures.isEmpty();
    }

    private static String shown(Object value) {
        return value == null ? "null"
                : value.getClass().getSimpleName() + " "
                        + (value instanceof Object[] ? Arrays.deepToString((Object[]) value) : value);
    }

    private static String told(Throwable failure) {
        String told = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        StackTraceElement[] trace = failure.getStackTrace();
        String where = trace.length > 0 ? " at " + trace[0] : "";
        return told.trim() + where
                + (failure.getCause() != null ? " because of " + failure.getCause() : "");
    }
}
