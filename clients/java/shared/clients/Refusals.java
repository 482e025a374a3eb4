package clients;

import static clients.Report.fails;
import static clients.Report.holds;

/** Errors that are not a command's: who one is, and where one sends commands to. */
final class Refusals {

    static void run(Side side, Report report) {
        report.check("a wrong password", () ->
                fails(() -> side.engine("ann", "wrong", Side.UNIT).getTaskService().getTaskById(1)));
        report.check("a deployment that nobody knows", () -> {
            Throwable told = fails(() -> side.engine("ann", Side.PASSWORD, "no.such:unit:1").getKieSession()
                    .startProcess("acme.short"), side.refusal());
            holds(told.getMessage().contains("no.such:unit:1"), "the deployment named in " + told.getMessage());
        });
    }
}
