package clients;

/** All that this client can do, against one server: address of the application's root, version. */
public final class Main {

    private static final String[] SUITES = {
        "Sessions", "Values", "Tasks", "Lists", "Correlation", "Comments", "Names", "Groups", "Refusals",
        "Local", "Audit",
    };

    public static void main(String[] arguments) throws Exception {
        Side side = new Client(arguments[0]);
        Report report = new Report();
        System.out.println("client " + side.version());
        for (String name : SUITES) {
            Class<?> suite;
            try {
                suite = Class.forName("clients." + name);
            } catch (ClassNotFoundException absent) {
                System.out.println(" " + name + ": not in this client");
                continue;
            }
            System.out.println(" " + name);
            try {
                suite.getDeclaredMethod("run", Side.class, Report.class).invoke(null, side, report);
            } catch (java.lang.reflect.InvocationTargetException failure) {
                report.check(name, () -> {
                    throw new AssertionError("the suite cannot go on", failure.getCause());
                });
            }
        }
        System.exit(report.close(arguments[1]) ? 0 : 1);
    }
}
