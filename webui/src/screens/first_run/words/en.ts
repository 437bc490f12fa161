export default { title: "first_run" };
