package clients;

import java.util.List;

/** The audit service, whose interface has another name in each generation of clients. */
interface History {

    List<Long> instances();

    List<Long> instances(String process);

    List<Long> active(String process);

    /** The status of an instance's log; null without a log. */
    Integer status(long instance);

    List<Long> children(long instance);

    /** Each as "node id:type". */
    List<String> nodes(long instance);

    List<String> nodes(long instance, String node);

    /** Each as "name=value". */
    List<String> variables(long instance);

    List<String> variables(long instance, String name);

    List<String> named(String name, boolean active);

    List<String> valued(String name, String value, boolean active);

    void clear();
}
