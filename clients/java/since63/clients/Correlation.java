package clients;

import static clients.Report.equal;
import static clients.Report.fails;
import static clients.Sessions.map;

import java.util.ArrayList;
import java.util.List;
import org.kie.internal.process.CorrelationAwareProcessRuntime;
import org.kie.internal.process.CorrelationKey;
import org.kie.internal.process.CorrelationProperty;

/** Instances by their correlation keys. */
final class Correlation {

    static void run(Side side, Report report) throws Exception {
        CorrelationAwareProcessRuntime session =
                (CorrelationAwareProcessRuntime) side.engine("ann").getKieSession();
        CorrelationKey key = key("order", String.valueOf(System.nanoTime()));
        report.check("startProcess with a correlation key", () -> {
            long id = session.startProcess("acme.waiting", key, map("said", "hello")).getId();
            equal(id, session.getProcessInstance(key).getId());
            equal("said=hello", side.history(side.engine("ann")).variables(id, "said").get(0));
        });
        report.check("a key belongs to one instance", () ->
                fails(() -> session.startProcess("acme.waiting", key, map()), side.refusal()));
        report.check("getProcessInstance of a key that nobody has", () ->
                equal(null, session.getProcessInstance(key("nobody"))));
    }

    private static CorrelationKey key(String... values) {
        List<CorrelationProperty<?>> properties = new ArrayList<>();
        for (String value : values) {
            properties.add(new Property(value));
        }
        return new Key(properties, String.join(":", values));
    }

    private static final class Key implements CorrelationKey {
        private final List<CorrelationProperty<?>> properties;
        private final String text;

        Key(List<CorrelationProperty<?>> properties, String text) {
            this.properties = properties;
            this.text = text;
        }

        @Override
        public String getName() {
            return null;
        }

        @Override
        public List<CorrelationProperty<?>> getProperties() {
            return properties;
        }

        public String toExternalForm() {
            return text;
        }
    }

    private static final class Property implements CorrelationProperty<String> {
        private final String value;

        Property(String value) {
            this.value = value;
        }

        @Override
        public String getName() {
            return null;
        }

        @Override
        public String getType() {
            return "java.lang.String";
        }

        @Override
        public String getValue() {
            return value;
        }
    }
}
